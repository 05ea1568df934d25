import type { FeatureCollection } from "geojson";
import { Popup, type MapLayerMouseEvent } from "maplibre-gl";
import { useEffect, useEffectEvent, useMemo } from "react";
import type { Meeting } from "../api/meetings";
import { formatDuration } from "../time/format";
import { useColours } from "./colours";
import { useMap } from "./MapContext";
import { useLayers, type Layer } from "./useLayers";

const LAYER = "meetings";

/** A circle at the place of every meeting, the larger the longer it was. */
export function MeetingsLayer<Met extends Pick<Meeting, "place" | "duration_s">>({
  meetings,
  chosen,
  nameOf,
  onChoose,
}: {
  meetings: readonly Met[];
  chosen: Met | null;
  /** With whom it was. */
  nameOf: (meeting: Met) => string;
  onChoose: (meeting: Met) => void;
}) {
  const map = useMap();
  const { meeting: colour, halo } = useColours();
  const chosenIndex = chosen ? meetings.indexOf(chosen) : -1;

  const data = useMemo<FeatureCollection>(
    () => ({
      type: "FeatureCollection",
      features: meetings.map(({ place, duration_s }, index) => ({
        type: "Feature",
        properties: { index, minutes: duration_s / 60 },
        geometry: { type: "Point", coordinates: [place.longitude, place.latitude] },
      })),
    }),
    [meetings],
  );
  const layers = useMemo<Layer[]>(() => {
    const whenChosen = <Value,>(yes: Value, no: Value) => ["case", ["==", ["get", "index"], chosenIndex], yes, no];
    const someChosen = chosenIndex >= 0;
    return [
      {
        id: LAYER,
        type: "circle",
        paint: {
          "circle-color": colour,
          "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "minutes"]], 0, 6, 8, 16],
          "circle-opacity": whenChosen(someChosen ? 0 : 0.6, someChosen ? 0.22 : 0.6) as never,
          "circle-stroke-color": halo,
          "circle-stroke-width": 1.5,
          "circle-stroke-opacity": whenChosen(someChosen ? 0 : 1, someChosen ? 0.35 : 1) as never,
        },
      },
    ];
  }, [colour, halo, chosenIndex]);
  useLayers("meetings", data, layers, { maxzoom: 22 });

  const meetingAt = (event: MapLayerMouseEvent): Met | undefined =>
    meetings[Number(event.features?.[0]?.properties.index)];
  const choose = useEffectEvent((event: MapLayerMouseEvent) => {
    const meeting = meetingAt(event);
    if (meeting) onChoose(meeting);
  });
  const describe = useEffectEvent((event: MapLayerMouseEvent, popup: Popup) => {
    const meeting = meetingAt(event);
    map.getCanvas().style.cursor = "pointer";
    if (meeting) {
      popup
        .setLngLat([meeting.place.longitude, meeting.place.latitude])
        .setText(`${nameOf(meeting)}, ${formatDuration(meeting.duration_s)}`)
        .addTo(map);
    }
  });

  useEffect(() => {
    const popup = new Popup({ closeButton: false, closeOnClick: false, offset: 14, className: "map-tip" });
    const onClick = (event: MapLayerMouseEvent) => choose(event);
    const onEnter = (event: MapLayerMouseEvent) => describe(event, popup);
    const onLeave = () => {
      map.getCanvas().style.cursor = "";
      popup.remove();
    };
    map.on("click", LAYER, onClick);
    map.on("mousemove", LAYER, onEnter);
    map.on("mouseleave", LAYER, onLeave);
    return () => {
      onLeave();
      map.off("click", LAYER, onClick);
      map.off("mousemove", LAYER, onEnter);
      map.off("mouseleave", LAYER, onLeave);
    };
  }, [map]);
  return null;
}
