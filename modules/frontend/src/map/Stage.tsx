import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { mapStyleQuery, venueQuery } from "../api/config";
import { nameOf, personQuery } from "../api/persons";
import { isRefusal, useLastingError } from "../api/recovery";
import { trackLineQuery } from "../api/tracks";
import { show } from "../address/useView";
import type { View } from "../address/view";
import type { Box } from "../geo/bounds";
import type { Track } from "../geo/refine";
import { useGroupScene } from "../groups/useGroupScene";
import { useNearScene } from "../near/useNearScene";
import { Player } from "../playback/Player";
import { usePlayback } from "../playback/usePlayback";
import { meetingSearchOf, rangeFault } from "../search/meetingSearch";
import { occasionBox, overviewBox, venueBox } from "./boxes";
import { Camera } from "./Camera";
import { EvidenceLayer } from "./EvidenceLayer";
import { GraticuleLayer } from "./GraticuleLayer";
import { Legend } from "./Legend";
import { MapCanvas } from "./MapCanvas";
import { MeetingsLayer } from "./MeetingsLayer";
import { PlayHeadLayer } from "./PlayHeadLayer";
import type { Scene } from "./scene";
import { TrackLayer } from "./TrackLayer";
import { useMeetingScene } from "./useMeetingScene";
import { VenueLayer, VenueNamesLayer } from "./VenueLayer";
import { WorldLayer } from "./WorldLayer";

/** The map with what the view is about: a person's way with meetings or groups, or one of these from near. */
export default function Stage({ view }: { view: View }) {
  const { person: id, start, end } = meetingSearchOf(view, view.person ?? 0);
  const isAsking = view.person !== null && rangeFault(view) === undefined;
  const person = useQuery({ ...personQuery(id), enabled: view.person !== null });
  const line = useQuery({ ...trackLineQuery({ person: id, start, end }), enabled: isAsking });
  const lineError = useLastingError(line);
  const track = isAsking ? line.data : undefined;

  const [near, groups, meetings] = [useNearScene(view), useGroupScene(view), useMeetingScene(view)];
  const scene = groups ?? near ?? meetings;
  // While nobody is near, the days are all that there is to look at.
  const around = near?.isAllThereIs === false ? meetings : scene;
  const { circles, chosen } = scene;
  const evidence = chosen?.evidence ?? null;
  const playback = usePlayback(
    chosen?.key ?? null,
    evidence && { ...evidence.stretch, time: chosen?.moment ?? evidence.closest?.time ?? Date.parse(evidence.occasion.started_at) },
  );
  const style = useQuery(mapStyleQuery);
  const legend = useRef<HTMLDivElement>(null);
  const overview = useOverview(around.isAllThereIs ? undefined : track, around.circles);
  const { data: plan, isPending: isPlanPending } = useQuery(venueQuery);
  const venue = useMemo(() => (plan ? venueBox(plan) : null), [plan]);

  const isOverviewReady = around.isReady && (around.isAllThereIs || (!line.isPending && !line.isPlaceholderData));
  const isSettled = view.person === null ? !isPlanPending : isOverviewReady || !isAsking || around.isError || line.isError;
  const whole = overview ?? venue;
  const [reason, box] =
    view.person === null
      ? [`people ${venue !== null}`, venue]
      : chosen
        ? [`${chosen.key} ${chosen.isSettled}`, chosen.isSettled ? occasionBox(chosen.occasion, evidence) : null]
        : [
            `${id} ${start} ${end} ${isOverviewReady} ${whole === venue} ${around.isAllThereIs}`,
            isOverviewReady ? whole : null,
          ];

  if (style.isPending) return null;
  return (
    <>
      <MapCanvas style={style.data ?? null}>
        {!style.data && <WorldLayer isSettled={isSettled} />}
        <VenueLayer />
        <GraticuleLayer cover={legend} />
        <TrackLayer track={track} person={id} isBackground={chosen !== null} />
        <VenueNamesLayer />
        <MeetingsLayer circles={circles} chosen={chosen?.index ?? -1} nameAt={scene.nameAt} onChoose={scene.onChoose} />
        <EvidenceLayer evidence={evidence} />
        <PlayHeadLayer evidence={evidence} playback={playback} />
        <Camera box={box} reason={reason} cover={legend} />
      </MapCanvas>
      {view.person !== null && !(person.error && isRefusal(person.error)) && (
        <Legend
          ref={legend}
          own={person.data ? nameOf(person.data) : `Person ${view.person}`}
          others={chosen?.others ?? null}
          all={scene.of}
          hasCircles={circles.length > 0}
          missing={chosen ? chosen.missing : lineError && `The track can’t be shown right now: ${lineError.message}.`}
          onClose={() => show(scene.of === "groups" ? { ...view, group: null } : { ...view, meeting: null })}
        >
          {chosen && evidence && playback && (
            <Player evidence={evidence} playback={playback} limit={chosen.limit} onRest={chosen.keepMoment} />
          )}
        </Legend>
      )}
    </>
  );
}

function useOverview(track: Track | undefined, circles: Scene["circles"]): Box | null {
  return useMemo(() => overviewBox(track, circles), [track, circles]);
}
