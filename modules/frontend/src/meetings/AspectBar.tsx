import type { Aspect, View } from "../address/view";
import { ViewLink } from "../address/ViewLink";

const NAMES: Record<Aspect, string> = { meetings: "Meetings", now: "Now", year: "Year", introductions: "Introductions", groups: "Groups" };

/** The sides of a person that can be looked at. What is not looked at is not asked for. */
export function AspectBar({ view }: { view: View }) {
  return (
    <nav className="aspects segments" aria-label="What to see">
      {Object.entries(NAMES).map(([aspect, name]) => (
        <ViewLink
          key={aspect}
          to={{ ...view, aspect: aspect as Aspect }}
          aria-current={view.aspect === aspect ? "page" : undefined}
        >
          {name}
        </ViewLink>
      ))}
    </nav>
  );
}
