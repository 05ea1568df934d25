import type { ReactNode } from "react";
import { companyOf, nameOf, type Person } from "../api/persons";
import { Avatar } from "../ui/Avatar";

/** Who a row is of: face, name, and below it the company or what is to be said instead. */
export function PersonInRow({ person, children }: { person: Person; children?: ReactNode }) {
  return (
    <>
      <Avatar person={person} />
      <span className="row-text">
        <span className="row-title" translate="no">
          {nameOf(person)}
        </span>
        {children ?? <span className="row-note">{companyOf(person)}</span>}
      </span>
    </>
  );
}
