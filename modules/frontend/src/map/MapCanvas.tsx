import {
  Map as MapLibreMap,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type StyleSpecification,
} from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useColours } from "./colours";
import { MapContext } from "./MapContext";

setWorkerUrl(workerUrl);

/** No tiles, no glyphs, no sprites: everything on the map comes from this origin. Letters are the machine's own. */
const EMPTY_STYLE: StyleSpecification = {
  version: 8,
  sources: {},
  layers: [{ id: "background", type: "background" }],
};

/** The map itself, on the given style or on none; its layers are its children. Throws where there is no WebGL. */
export function MapCanvas({ style, children }: { style: StyleSpecification | null; children: ReactNode }) {
  const container = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibreMap | null>(null);
  const [isLost, setLost] = useState(false);
  const [times, setTimes] = useState(0);
  const { sea } = useColours();

  useEffect(() => {
    if (!container.current) return;
    // Without WebGL this throws, and the boundary around the map says so.
    const made = new MapLibreMap({
      container: container.current,
      style: style ?? EMPTY_STYLE,
      center: [10, 30],
      zoom: 1.4,
      maxZoom: 23,
      attributionControl: style ? { compact: true } : false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      localIdeographFontFamily: "'Geist Variable', system-ui, sans-serif",
    });
    made.touchZoomRotate.disableRotation();
    made.addControl(new NavigationControl({ showCompass: false }), "top-right");
    made.addControl(new ScaleControl({ maxWidth: 110, unit: "metric" }), "bottom-right");
    made.on("load", () => setMap(made));
    // The graphics card may take everything away, as after a sleep, and give room again later: all is then made anew.
    made.on("webglcontextlost", () => {
      setMap(null);
      setLost(true);
    });
    made.on("webglcontextrestored", () => {
      setLost(false);
      setTimes((before) => before + 1);
    });
    const element = made.getContainer();
    made.on("movestart", () => (element.dataset.state = "moving"));
    made.on("idle", () => (element.dataset.state = "idle"));
    return () => {
      setMap(null);
      made.remove();
    };
  }, [style, times]);

  useEffect(() => {
    if (!style) map?.setPaintProperty("background", "background-color", sea);
  }, [map, style, sea]);

  return (
    <>
      <div ref={container} className="map" />
      {map && <MapContext value={map}>{children}</MapContext>}
      {isLost && (
        <div className="stage-note" role="status">
          <p>
            The graphics card has let the map go. It comes back when there is room for it; the list works without it.{" "}
            <a className="link" href="">
              Load the page again
            </a>
          </p>
        </div>
      )}
    </>
  );
}
