import "./first/ask";
import "./time/format"; // to make its formats takes a while, which would come later to be waited for
import "./app/tokens.css";
import "./app/ground.css";
import "./app/frame.css";
import "./ui/controls.css";
import "./ui/rows.css";
import "./ui/notices.css";
import "./people/people.css";
import "./phones/phones.css";
import "./files/files.css";
import "./search/search.css";
import "./meetings/meetings.css";
import "./map/map.css";
import "./playback/player.css";
import "./app/phone.css";

// Small, so that the questions are on their way while the rest of the scripts is; index.html names that too.
void import("./app/start");
