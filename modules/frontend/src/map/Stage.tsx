import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useRef } from "react";
import { mapStyleQuery, venueQuery } from "../api/config";
import { groupKey, othersOf, type Group } from "../api/groups";
import { nameOf, personQuery } from "../api/persons";
import { isRefusal, useLastingError } from "../api/recovery";
import { trackLineQuery } from "../api/tracks";
import { show } from "../address/useView";
import { formatMeeting, viewOf, type View } from "../address/view";
import { MOST_SHOWN, useGroupEvidence } from "../groups/useGroupEvidence";
import { useGroups } from "../groups/useGroups";
import { keyOf, useMeetings } from "../meetings/useMeetings";
import { useNearPlaces } from "../near/useNearPlaces";
import { Player } from "../playback/Player";
import { usePlayback } from "../playback/usePlayback";
import { rangeFault } from "../search/meetingSearch";
import { occasionBox, overviewBox, venueBox } from "./boxes";
import { Camera } from "./Camera";
import { EvidenceLayer } from "./EvidenceLayer";
import { GraticuleLayer } from "./GraticuleLayer";
import { Legend } from "./Legend";
import { MapCanvas } from "./MapCanvas";
import { MeetingsLayer } from "./MeetingsLayer";
import { PlayHeadLayer } from "./PlayHeadLayer";
import { TrackLayer } from "./TrackLayer";
import { useEvidence } from "./useEvidence";
import { VenueLayer, VenueNamesLayer } from "./VenueLayer";
import { WorldLayer } from "./WorldLayer";

/** The map with what the view is about: a person's way and meetings, or one meeting from near. */
export default function Stage({ view }: { view: View }) {
  const { search, query, meetings: found, chosen } = useMeetings(
    view.aspect === "now" || view.aspect === "groups" ? { ...view, meeting: null } : view,
  );
  // The list shows what has been found first; the map takes longer.
  const meetings = useDeferredValue(found);
  const areMeetingsReady = useDeferredValue(!query.isPending && !query.isPlaceholderData);
  const isAsking = view.person !== null && rangeFault(view) === undefined;
  const person = useQuery({ ...personQuery(search.person), enabled: view.person !== null });
  const line = useQuery({
    ...trackLineQuery({ person: search.person, start: search.start, end: search.end }),
    enabled: isAsking,
  });
  const lineError = useLastingError(line);
  const track = isAsking ? line.data : undefined;
  const { groups, chosen: group } = useGroups(view);
  const ofMeeting = useEvidence(chosen, search);
  const ofGroup = useGroupEvidence(group, search.person);
  const { evidence, settled, error } = group ? ofGroup : ofMeeting;
  const occasion = group ?? chosen;
  const key = group ? groupKey(group) : chosen && formatMeeting(keyOf(chosen));
  const asked = chosen ? view.meeting?.moment : undefined;
  const playback = usePlayback(key, evidence && { ...evidence.stretch, time: asked ? Date.parse(asked) : (evidence.closest?.time ?? evidence.stretch.start) });
  const style = useQuery(mapStyleQuery);
  const legend = useRef<HTMLDivElement>(null);
  const near = useNearPlaces(view);
  const isSomebodyNear = near !== null && near.length > 0;
  const overview = useMemo(
    () => (isSomebodyNear ? overviewBox(undefined, near) : overviewBox(track, groups.length > 0 ? groups : meetings)),
    [track, meetings, groups, isSomebodyNear, near],
  );
  const { data: plan, isPending: isPlanPending } = useQuery(venueQuery);
  const venue = useMemo(() => (plan ? venueBox(plan) : null), [plan]);

  const isOverviewReady = isSomebodyNear || (areMeetingsReady && !line.isPending && !line.isPlaceholderData);
  const isSettled = view.person === null ? !isPlanPending : isOverviewReady || !isAsking || query.isError || line.isError;
  const whole = overview ?? venue;
  const [reason, box] =
    view.person === null
      ? [`people ${venue !== null}`, venue]
      : occasion
        ? [`${key} ${settled}`, settled ? occasionBox(occasion, evidence) : null]
        : [
            `${search.person} ${search.start} ${search.end} ${isOverviewReady} ${whole === venue} ${isSomebodyNear}`,
            isOverviewReady ? whole : null,
          ];

  // Where the play head stands is part of the address, but no step to go back to.
  const keepMoment = (time: number) => {
    if (!chosen || time === Date.parse(asked ?? chosen.closest_at)) return;
    show({ ...view, meeting: { ...keyOf(chosen), moment: new Date(time).toISOString() } }, "refinement");
  };

  if (style.isPending) return null;
  return (
    <>
      <MapCanvas style={style.data ?? null}>
        {!style.data && <WorldLayer isSettled={isSettled} />}
        <VenueLayer />
        <GraticuleLayer cover={legend} />
        <TrackLayer track={track} person={search.person} isBackground={occasion !== null} />
        <VenueNamesLayer />
        {near ? (
          <MeetingsLayer
            meetings={near}
            chosen={null}
            nameOf={(met) => nameOf(met.person)}
            onChoose={(met) => show(viewOf(view, met.person.id))}
          />
        ) : view.aspect === "groups" ? (
          <MeetingsLayer
            meetings={groups}
            chosen={group}
            nameOf={(one) => namesOf(one, search.person)}
            onChoose={(one) => show({ ...view, group: groupKey(one) })}
          />
        ) : (
          <MeetingsLayer
            meetings={meetings}
            chosen={chosen}
            nameOf={(meeting) => nameOf(meeting.person)}
            onChoose={(meeting) => show({ ...view, meeting: keyOf(meeting) })}
          />
        )}
        <EvidenceLayer evidence={evidence} />
        <PlayHeadLayer evidence={evidence} playback={playback} />
        <Camera box={box} reason={reason} cover={legend} />
      </MapCanvas>
      {view.person !== null && !(person.error && isRefusal(person.error)) && (
        <Legend
          ref={legend}
          own={person.data ? nameOf(person.data) : `Person ${view.person}`}
          other={group ? namesOf(group, search.person) : chosen && nameOf(chosen.person)}
          all={view.aspect === "groups" ? "groups" : "meetings"}
          hasMeetings={(near ?? (view.aspect === "groups" ? groups : meetings)).length > 0}
          missing={occasion ? error : lineError}
          onClose={() => show({ ...view, meeting: null, group: null })}
        >
          {evidence && playback && (
            <Player evidence={evidence} playback={playback} limit={Number(search.distance)} onRest={keepMoment} />
          )}
        </Legend>
      )}
    </>
  );
}

/** Whom the map shows besides the person. */
function namesOf(group: Group, person: number): string {
  const others = othersOf(group, person);
  const more = others.length - (MOST_SHOWN - 1);
  const names = others.slice(0, MOST_SHOWN - 1).map(nameOf).join(", ");
  return more > 0 ? `${names} and ${more} more` : names;
}
