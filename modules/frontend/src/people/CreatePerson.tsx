import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Problem } from "../api/fetchOrThrow";
import { createPerson, personQuery, type NewPerson } from "../api/persons";
import { show } from "../address/useView";
import { viewOf, type View } from "../address/view";
import { Failure } from "../ui/Notice";
import { TextField } from "../ui/TextField";

const FIELDS = [
  { name: "first_name", label: "First name", autoComplete: "off" },
  { name: "last_name", label: "Last name", autoComplete: "off" },
  { name: "company_name", label: "Company", autoComplete: "off" },
] as const;

const MAX_LENGTH = 100; // as the service has it
const EMPTY: NewPerson = { first_name: "", last_name: "", company_name: "" };

/** The form for a new person. What is wrong stands at its field, whether found here or by the service. */
export function CreatePerson({ view, onClose }: { view: View; onClose: () => void }) {
  const [person, setPerson] = useState(EMPTY);
  const [checked, setChecked] = useState<ReadonlySet<string>>(new Set());
  const queries = useQueryClient();
  const creation = useMutation({
    mutationFn: createPerson,
    onSuccess: (created) => {
      queries.setQueryData(personQuery(created.id).queryKey, created);
      void queries.invalidateQueries({ queryKey: ["persons"] });
      show(viewOf(view, created.id));
    },
  });
  const refused = creation.error instanceof Problem ? creation.error : null;
  const nameless = creation.error && !FIELDS.some(({ name }) => refused?.reason(name)) ? creation.error : null;

  const change = (name: keyof NewPerson, value: string) => {
    setPerson({ ...person, [name]: value });
    if (creation.isError) creation.reset();
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setChecked(new Set(FIELDS.map(({ name }) => name)));
    const wrong = FIELDS.find(({ name }) => fault(person[name]));
    if (wrong) event.currentTarget.querySelector<HTMLInputElement>(`[name=${wrong.name}]`)?.focus();
    else creation.mutate(person);
  };

  return (
    <form className="card create-person" aria-label="Add a person" noValidate onSubmit={submit}>
      <h2>Add a person</h2>
      {FIELDS.map(({ name, label, autoComplete }, index) => (
        <TextField
          key={name}
          name={name}
          label={label}
          autoComplete={autoComplete}
          autoFocus={index === 0}
          value={person[name]}
          error={(checked.has(name) ? fault(person[name]) : undefined) ?? refused?.reason(name)}
          onChange={(event) => change(name, event.target.value)}
          onBlur={() => person[name] && setChecked((before) => new Set(before).add(name))}
        />
      ))}
      {nameless && (
        <Failure title="Not added" error={nameless} onRetry={() => creation.mutate(person)} />
      )}
      <div className="buttons">
        <button type="submit" className="button button-primary" disabled={creation.isPending}>
          {creation.isPending ? "Adding…" : "Add"}
        </button>
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function fault(text: string): string | undefined {
  if (text.trim() === "") return "can’t be empty";
  if (Array.from(text).length > MAX_LENGTH) return `must have at most ${MAX_LENGTH} characters`;
  return undefined;
}
