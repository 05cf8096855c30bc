/** True shapes on WGS84 as rings of longitude and latitude that run on without a jump: what crosses the antimeridian goes past 180 degrees. */
import geodesic from "geographiclib-geodesic";
import type { LonLat, Place } from "./place.ts";

const EARTH = geodesic.Geodesic.WGS84;
const ARC = 10;
const CORNERS = 96;
const SMALL = 10_000;
/** Legs are cut so that the width stays true where the scale of the map changes along them. */
const STEP = 2;

/** The point `metres` from `from` in direction `azimuth` (degrees from north). */
export function away([lon, lat]: LonLat, azimuth: number, metres: number): LonLat {
  const found = EARTH.Direct(lat, lon, azimuth, metres);
  return [near(lon, found.lon2!), found.lat2!];
}

/** Metres between two points on the ellipsoid. */
export function metresBetween([lon1, lat1]: LonLat, [lon2, lat2]: LonLat): number {
  return EARTH.Inverse(lat1, lon1, lat2, lon2).s12!;
}

/** The points with each longitude on the short way from the one before it. */
export function unwrapped(points: readonly LonLat[]): LonLat[] {
  const found: LonLat[] = [];
  for (const [lon, lat] of points) {
    const before = found.at(-1);
    found.push([before ? near(before[0], lon) : lon, lat]);
  }
  return found;
}

/** The ring around everything within `metres` of `centre`; closed over the pole where it holds one.

Up to SMALL its points lie within a thousandth of the radius of the geodesic circle: thousands of them are drawn at once. */
export function circle(centre: LonLat, metres: number): LonLat[] {
  if (metres > SMALL || Math.abs(centre[1]) > 80) {
    return closed(Array.from({ length: CORNERS }, (_, at) => away(centre, (360 * at) / CORNERS, metres)));
  }
  const across = away(centre, 90, metres)[0] - centre[0], up = away(centre, 0, metres)[1] - centre[1];
  const rim = Array.from({ length: CORNERS / 2 }, (_, at): LonLat => {
    const angle = (4 * Math.PI * at) / CORNERS;
    return [centre[0] + across * Math.sin(angle), centre[1] + up * Math.cos(angle)];
  });
  return [...rim, rim[0]!];
}

/** The ring around everything within `metres` of the line: round at its ends and outer bends. */
export function corridor(points: readonly LonLat[], metres: number): LonLat[] {
  const line = cut(unwrapped(points));
  if (line.length < 2) return line[0] ? circle(line[0], metres) : [];
  const there = side(line, metres);
  const back = side([...line].reverse(), metres);
  return closed([...there, ...back]);
}

/** The outline that covers the ground of a place; empty for a point or a name. */
export function outline(place: Place): LonLat[] {
  switch (place.form) {
    case "circle": return circle(place.points[0]!, place.metres);
    case "corridor": return corridor(place.points, place.metres);
    case "area": return closed(place.points);
    default: return [];
  }
}

/** A ring that runs on, back at its first point; where it goes once round the globe it is closed along the pole on its side. */
export function closed(points: readonly LonLat[]): LonLat[] {
  const ring = unwrapped(points);
  const first = ring[0], last = ring.at(-1);
  if (!first || !last) return [];
  const end = near(last[0], first[0]);
  ring.push([end, first[1]]);
  if (Math.abs(end - first[0]) > 180) {
    const pole = ring.reduce((sum, [, lat]) => sum + lat, 0) < 0 ? -90 : 90;
    ring.push([end, pole], [first[0], pole], [first[0], first[1]]);
  }
  return ring;
}

function near(lon: number, other: number): number {
  return other + 360 * Math.round((lon - other) / 360);
}

function cut(line: LonLat[]): LonLat[] {
  const found: LonLat[] = [];
  for (const [lon, lat] of line) {
    const before = found.at(-1);
    if (before) {
      if (before[0] === lon && before[1] === lat) continue;
      const parts = Math.ceil(Math.hypot(lon - before[0], lat - before[1]) / STEP);
      for (let at = 1; at < parts; at++) {
        found.push([before[0] + ((lon - before[0]) * at) / parts, before[1] + ((lat - before[1]) * at) / parts]);
      }
    }
    found.push([lon, lat]);
  }
  return found;
}

/** The left edge of a line at `metres`, and the half circle around its last point. */
function side(line: LonLat[], metres: number): LonLat[] {
  const edge: LonLat[] = [];
  const legs = line.slice(1).map((to, at) => EARTH.Inverse(line[at]![1], line[at]![0], to[1], to[0]));
  edge.push(away(line[0]!, legs[0]!.azi1! - 90, metres));
  for (let at = 1; at < legs.length; at++) {
    const came = legs[at - 1]!.azi2!, turn = half(legs[at]!.azi1! - came);
    const short = Math.min(legs[at - 1]!.s12!, legs[at]!.s12!);
    const mitre = metres / Math.cos((turn * Math.PI) / 360);
    if (turn >= 0) arc(edge, line[at]!, came - 90, turn, metres);
    else if (turn > -150 && mitre < short) edge.push(away(line[at]!, came + turn / 2 - 90, mitre));
    else edge.push(away(line[at]!, came - 90, metres), away(line[at]!, came + turn - 90, metres));
  }
  const last = legs.at(-1)!;
  edge.push(away(line.at(-1)!, last.azi2! - 90, metres));
  arc(edge, line.at(-1)!, last.azi2! - 90, 180, metres);
  return edge;
}

function arc(edge: LonLat[], centre: LonLat, from: number, sweep: number, metres: number): void {
  const parts = Math.max(1, Math.ceil(sweep / ARC));
  for (let at = sweep ? 0 : 1; at <= parts; at++) edge.push(away(centre, from + (sweep * at) / parts, metres));
}

function half(angle: number): number {
  const turned = ((angle % 360) + 540) % 360 - 180;
  return turned === -180 ? 180 : turned;
}
