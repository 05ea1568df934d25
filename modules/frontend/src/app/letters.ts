/** The page's letters. Until they are there, and that is after the first answers, the machine's own are shown. */
import "@fontsource-variable/geist";
