import { useQuery } from "@tanstack/react-query";
import { venueQuery } from "../api/config";
import type { Meeting } from "../api/meetings";
import { roomAt } from "../geo/rooms";

/** The room, where there is a floor plan with it, or else the coordinates. */
export function PlaceOf({ meeting: { place } }: { meeting: Meeting }) {
  const { data: plan } = useQuery(venueQuery);
  const room = plan ? roomAt(plan, [place.longitude, place.latitude]) : null;
  const coordinates = `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`;
  return room ? (
    <>
      {room} <span className="muted">({coordinates})</span>
    </>
  ) : (
    coordinates
  );
}
