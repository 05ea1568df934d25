import { useQuery } from "@tanstack/react-query";
import type { FeatureCollection, Point } from "geojson";
import { useMemo } from "react";
import type { Meeting } from "../api/meetings";
import { nameOf, personQuery } from "../api/persons";
import { isRefusal, useLastingError } from "../api/recovery";
import { trackLineQuery } from "../api/tracks";
import { show } from "../address/useView";
import { formatMeeting, type View } from "../address/view";
import { atLeast, boxAround, type Box } from "../geo/bounds";
import { keyOf, useMeetings } from "../meetings/useMeetings";
import { rangeFault } from "../search/meetingSearch";
import { Camera } from "./Camera";
import { EvidenceLayer, type Evidence } from "./EvidenceLayer";
import { GraticuleLayer } from "./GraticuleLayer";
import { Legend } from "./Legend";
import { MapCanvas } from "./MapCanvas";
import { MeetingsLayer } from "./MeetingsLayer";
import { TrackLayer } from "./TrackLayer";
import { useEvidence } from "./useEvidence";
import { WorldLayer } from "./WorldLayer";

const NEAREST_VIEW_M = 12;
const OVERVIEW_M = 60;

/** The map with what the view is about: a person's way and meetings, or one meeting from near. */
export default function Stage({ view }: { view: View }) {
  const { search, query, meetings, chosen } = useMeetings(view);
  const isAsking = view.person !== null && rangeFault(view) === undefined;
  const person = useQuery({ ...personQuery(search.person), enabled: view.person !== null });
  const line = useQuery({
    ...trackLineQuery({ person: search.person, start: search.start, end: search.end }),
    enabled: isAsking,
  });
  const lineError = useLastingError(line);
  const track = isAsking ? line.data : undefined;
  const { evidence, settled, error } = useEvidence(chosen, search);
  const overview = useMemo(() => overviewBox(track, meetings), [track, meetings]);

  const isOverviewReady = !query.isPending && !line.isPending && !query.isPlaceholderData && !line.isPlaceholderData;
  const reason = chosen
    ? `${formatMeeting(keyOf(chosen))} ${settled}`
    : `${search.person} ${search.start} ${search.end} ${isOverviewReady}`;
  const box = chosen ? (settled ? meetingBox(chosen, evidence) : null) : isOverviewReady ? overview : null;

  return (
    <>
      <MapCanvas>
        <WorldLayer />
        <GraticuleLayer />
        <TrackLayer track={track} isBackground={chosen !== null} />
        <MeetingsLayer
          meetings={meetings}
          chosen={chosen}
          onChoose={(meeting) => show({ ...view, meeting: keyOf(meeting) })}
        />
        <EvidenceLayer evidence={evidence} />
        <Camera box={box} reason={reason} />
      </MapCanvas>
      {view.person !== null && !(person.error && isRefusal(person.error)) && (
        <Legend
          own={person.data ? nameOf(person.data) : `Person ${view.person}`}
          meeting={chosen}
          closest={evidence?.closest ?? null}
          hasMeetings={meetings.length > 0}
          missing={chosen ? error : lineError}
          onClose={() => show({ ...view, meeting: null })}
        />
      )}
    </>
  );
}

function overviewBox(track: FeatureCollection<Point> | undefined, meetings: readonly Meeting[]): Box | null {
  const box = boxAround([
    ...(track?.features.map(({ geometry }) => geometry.coordinates) ?? []),
    ...meetings.map(({ place }) => [place.longitude, place.latitude]),
  ]);
  return box && atLeast(box, OVERVIEW_M);
}

/** All that happened while the meeting lasted, or its place where the tracks are missing. */
function meetingBox(meeting: Meeting, evidence: Evidence | null): Box | null {
  const [start, end] = [Date.parse(meeting.started_at), Date.parse(meeting.ended_at)];
  const during = [...(evidence?.own ?? []), ...(evidence?.other ?? [])].filter(
    ({ creation_time }) => Date.parse(creation_time) >= start && Date.parse(creation_time) <= end,
  );
  const closest = evidence?.closest ? [evidence.closest.own, evidence.closest.other] : [];
  const box = boxAround([meeting.place, ...during, ...closest].map(({ longitude, latitude }) => [longitude, latitude]));
  return box && atLeast(box, NEAREST_VIEW_M);
}
