import { useQuery } from "@tanstack/react-query";
import type { FeatureCollection, Point } from "geojson";
import { useDeferredValue, useMemo, useRef } from "react";
import { mapStyleQuery, venueQuery } from "../api/config";
import type { Meeting } from "../api/meetings";
import { nameOf, personQuery } from "../api/persons";
import { isRefusal, useLastingError } from "../api/recovery";
import { trackLineQuery } from "../api/tracks";
import { show } from "../address/useView";
import { formatMeeting, viewOf, type View } from "../address/view";
import { atLeast, boxAround, type Box } from "../geo/bounds";
import type { Evidence } from "../geo/evidence";
import { keyOf, useMeetings } from "../meetings/useMeetings";
import { useNearPlaces } from "../near/useNearPlaces";
import { Player } from "../playback/Player";
import { usePlayback } from "../playback/usePlayback";
import { rangeFault } from "../search/meetingSearch";
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

const NEAREST_VIEW_M = 12;
const OVERVIEW_M = 30;

/** The map with what the view is about: a person's way and meetings, or one meeting from near. */
export default function Stage({ view }: { view: View }) {
  const { search, query, meetings: found, chosen } = useMeetings(view.aspect === "now" ? { ...view, meeting: null } : view);
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
  const { evidence, settled, error } = useEvidence(chosen, search);
  const key = chosen && formatMeeting(keyOf(chosen));
  const asked = view.meeting?.moment;
  const playback = usePlayback(key, evidence && { ...evidence.stretch, time: Date.parse(asked ?? evidence.meeting.closest_at) });
  const style = useQuery(mapStyleQuery);
  const legend = useRef<HTMLDivElement>(null);
  const near = useNearPlaces(view);
  const isSomebodyNear = near !== null && near.length > 0;
  const overview = useMemo(
    () => (isSomebodyNear ? overviewBox(undefined, near) : overviewBox(track, meetings)),
    [track, meetings, isSomebodyNear, near],
  );
  const { data: plan, isPending: isPlanPending } = useQuery(venueQuery);
  const venue = useMemo(() => (plan ? venueBox(plan) : null), [plan]);

  const isOverviewReady = isSomebodyNear || (areMeetingsReady && !line.isPending && !line.isPlaceholderData);
  const isSettled = view.person === null ? !isPlanPending : isOverviewReady || !isAsking || query.isError || line.isError;
  const whole = overview ?? venue;
  const [reason, box] =
    view.person === null
      ? [`people ${venue !== null}`, venue]
      : chosen
        ? [`${key} ${settled}`, settled ? meetingBox(chosen, evidence) : null]
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
        <TrackLayer track={track} person={search.person} isBackground={chosen !== null} />
        <VenueNamesLayer />
        {near ? (
          <MeetingsLayer meetings={near} chosen={null} onChoose={(met) => show(viewOf(view, met.person.id))} />
        ) : (
          <MeetingsLayer
            meetings={meetings}
            chosen={chosen}
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
          meeting={chosen}
          hasMeetings={(near ?? meetings).length > 0}
          missing={chosen ? error : lineError}
          onClose={() => show({ ...view, meeting: null })}
        >
          {evidence && playback && (
            <Player evidence={evidence} playback={playback} limit={Number(search.distance)} onRest={keepMoment} />
          )}
        </Legend>
      )}
    </>
  );
}

function overviewBox(track: FeatureCollection<Point> | undefined, meetings: readonly Pick<Meeting, "place">[]): Box | null {
  const box = boxAround([
    ...(track?.features.map(({ geometry }) => geometry.coordinates) ?? []),
    ...meetings.map(({ place }) => [place.longitude, place.latitude]),
  ]);
  return box && atLeast(box, OVERVIEW_M);
}

function venueBox(plan: FeatureCollection): Box | null {
  const rings = plan.features.flatMap(({ geometry }) => (geometry.type === "Polygon" ? geometry.coordinates.flat() : []));
  return boxAround(rings);
}

/** All that happened while the meeting lasted, or its place where the tracks are missing. */
function meetingBox(meeting: Meeting, evidence: Evidence | null): Box | null {
  const [start, end] = [Date.parse(meeting.started_at), Date.parse(meeting.ended_at)];
  const during = [...(evidence?.own.fixes ?? []), ...(evidence?.other.fixes ?? [])].filter(
    ({ creation_time }) => Date.parse(creation_time) >= start && Date.parse(creation_time) <= end,
  );
  const closest = evidence?.closest ? [evidence.closest.own, evidence.closest.other] : [];
  const places = [meeting.place, ...during].map(({ longitude, latitude }) => [longitude, latitude]);
  const box = boxAround([...places, ...closest]);
  return box && atLeast(box, NEAREST_VIEW_M);
}
