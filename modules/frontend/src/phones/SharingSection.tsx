import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lookAgain } from "../api/measured";
import type { Person } from "../api/persons";
import { pauseSharing, sharingQuery, type Sharing } from "../api/sharing";
import { formatMinute } from "../time/format";
import { Failure } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { Switch } from "../ui/Switch";
import { Forget } from "./Forget";

/** Whether anything is taken from the phones of a person, and what is to be forgotten. */
export function SharingSection({ person }: { person: Person }) {
  const queries = useQueryClient();
  const sharing = useQuery(sharingQuery(person.id));
  const pausing = useMutation({
    mutationFn: (paused: boolean) => pauseSharing(person.id, paused),
    onSuccess: (answer) => {
      queries.setQueryData(sharingQuery(person.id).queryKey, answer);
      lookAgain(queries);
    },
  });
  return (
    <section className="sharing" aria-label="Sharing">
      {sharing.data && (
        <Switch
          label="Share where I am"
          note={describe(sharing.data, pausing.isPending)}
          checked={sharing.data.paused_at === null}
          isBusy={pausing.isPending}
          onChange={(checked) => pausing.mutate(!checked)}
        />
      )}
      {sharing.isPending && <Skeleton rows={1} label="Looking up whether this is shared" />}
      {sharing.error && (
        <Failure
          title="Whether this is shared can’t be shown right now"
          error={sharing.error}
          onRetry={() => void sharing.refetch()}
        />
      )}
      {pausing.error && (
        <Failure
          title={pausing.variables ? "Not paused" : "Still paused"}
          error={pausing.error}
          onRetry={() => pausing.mutate(pausing.variables)}
        />
      )}
      <Forget person={person} />
    </section>
  );
}

function describe({ paused_at }: Sharing, isChanging: boolean): string {
  if (isChanging) return paused_at === null ? "Pausing…" : "Resuming…";
  if (paused_at === null) return "What the phones report is taken.";
  return `Paused since ${formatMinute(Date.parse(paused_at))}. Nothing is taken from any phone.`;
}
