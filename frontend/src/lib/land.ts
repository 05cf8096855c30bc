/** Coast and borders from Natural Earth (public domain) as polygons in longitude and latitude that a flat map can fill. */
import { feature } from "topojson-client";
import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from "geojson";
import type { GeometryCollection, Topology } from "topojson-specification";
import { closed } from "./geodesy.ts";
import type { LonLat } from "./place.ts";

export type World = Topology<{ countries: GeometryCollection }>;

/** One polygon (outer ring, then holes) for each piece of land; rings run on past 180 degrees instead of jumping, and Antarctica ends at the pole. */
export function polygons(world: World): LonLat[][][] {
  const found = feature(world, world.objects.countries) as FeatureCollection;
  return found.features.flatMap((country) => pieces(country)).map((rings) => rings.map(ring));
}

function pieces(country: Feature): Position[][][] {
  const shape = country.geometry as Polygon | MultiPolygon | null;
  if (!shape) return [];
  return shape.type === "Polygon" ? [shape.coordinates] : shape.type === "MultiPolygon" ? shape.coordinates : [];
}

function ring(positions: Position[]): LonLat[] {
  return closed(positions.slice(0, -1).map(([lon, lat]) => [lon!, lat!] as LonLat));
}
