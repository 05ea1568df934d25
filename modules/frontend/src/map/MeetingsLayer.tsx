import type { FeatureCollection } from "geojson";
import { Popup, type MapLayerMouseEvent } from "maplibre-gl";
import { useEffect, useEffectEvent, useMemo } from "react";
import { formatDuration } from "../time/format";
import { useColours } from "./colours";
import { useMap } from "./MapContext";
import type { Scene } from "./scene";
import { useLayers, type Layer } from "./useLayers";

const LAYER = "meetings";

/** A circle at the place of every meeting or group, the larger the longer it was. */
export function MeetingsLayer({
  circles,
  nameAt,
  onChoose,
  chosen,
}: Pick<Scene, "circles" | "nameAt" | "onChoose"> & {
  /** Which of the circles; -1: none. */
  chosen: number;
}) {
  const map = useMap();
  const { meeting: colour, halo } = useColours();

  const data = useMemo<FeatureCollection>(
    () => ({
      type: "FeatureCollection",
      features: circles.map(({ place, duration_s }, index) => ({
        type: "Feature",
        properties: { index, minutes: duration_s / 60 },
        geometry: { type: "Point", coordinates: [place.longitude, place.latitude] },
      })),
    }),
    [circles],
  );
  const layers = useMemo<Layer[]>(() => {
    const whenChosen = <Value,>(yes: Value, no: Value) => ["case", ["==", ["get", "index"], chosen], yes, no];
    const someChosen = chosen >= 0;
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
  }, [colour, halo, chosen]);
  useLayers("meetings", data, layers, { maxzoom: 22 });

  const choose = useEffectEvent((event: MapLayerMouseEvent) => {
    const index = indexOf(event);
    if (circles[index]) onChoose(index);
  });
  const describe = useEffectEvent((event: MapLayerMouseEvent, popup: Popup) => {
    const index = indexOf(event);
    const circle = circles[index];
    map.getCanvas().style.cursor = "pointer";
    if (circle) {
      popup
        .setLngLat([circle.place.longitude, circle.place.latitude])
        .setText(`${nameAt(index)}, ${formatDuration(circle.duration_s)}`)
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

function indexOf(event: MapLayerMouseEvent): number {
  return Number(event.features?.[0]?.properties.index);
}
