import { parseView } from "../address/view";
import { askEarly } from "../api/ask";
import { firstQuestions } from "./questions";

firstQuestions(parseView(window.location.search)).forEach(askEarly);
