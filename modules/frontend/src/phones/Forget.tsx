import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "../api/fetchOrThrow";
import { lookAgain } from "../api/measured";
import { nameOf, type Person } from "../api/persons";
import { forgetTime, type NewForgotten } from "../api/sharing";
import { formatCount } from "../time/format";
import { DialogButton } from "../ui/DialogButton";
import { ChooseTime } from "./ChooseTime";
import { ConfirmForgetting } from "./ConfirmForgetting";
import { LAST_HOUR, timeToForget, type Choice } from "./timeToForget";

/** The way to have a time of a person's own forgotten. */
export function Forget({ person }: { person: Person }) {
  return (
    <DialogButton label="Forget…" title={`Forget where ${nameOf(person)} was`}>
      {(close) => <Forgetting person={person} onClose={close} />}
    </DialogButton>
  );
}

/** Which time, whether that is really meant, and what has become of it. */
function Forgetting({ person, onClose }: { person: Person; onClose: () => void }) {
  const queries = useQueryClient();
  const [choice, setChoice] = useState<Choice>(LAST_HOUR);
  const [asked, setAsked] = useState<NewForgotten | null>(null);
  const forgetting = useMutation({
    mutationFn: (time: NewForgotten) => forgetTime(person.id, time),
    onSuccess: () => lookAgain(queries),
    onError: (error) => {
      if (error instanceof Problem && error.errors.length > 0) setAsked(null); // which is said where it was chosen
    },
  });
  const receipt = forgetting.data && formatCount(forgetting.data.locations, "location", "locations");
  return (
    <>
      {!receipt && !asked && (
        <ChooseTime
          choice={choice}
          refusal={forgetting.error}
          onChange={(next) => {
            setChoice(next);
            forgetting.reset();
          }}
          onChosen={() => {
            setAsked(timeToForget(choice));
            forgetting.reset();
          }}
          onClose={onClose}
        />
      )}
      {!receipt && asked && (
        <ConfirmForgetting
          name={nameOf(person)}
          time={asked}
          isPending={forgetting.isPending}
          error={forgetting.error}
          onConfirm={() => forgetting.mutate(asked)}
          onClose={onClose}
        />
      )}
      {/* There from the start, so that what comes into it is read out. */}
      <div role="status">
        {receipt && (
          <>
            <p>{receipt} deleted.</p>
            <p className="muted">Nothing measured in that time is taken any more, whenever it arrives.</p>
          </>
        )}
      </div>
      {receipt && (
        <div className="buttons">
          <button type="button" className="button button-primary" autoFocus onClick={onClose}>
            Done
          </button>
        </div>
      )}
    </>
  );
}
