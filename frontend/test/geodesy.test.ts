import assert from "node:assert/strict";
import { test } from "node:test";
import { away, circle, closed, corridor, metresBetween, unwrapped } from "../src/lib/geodesy.ts";
import type { LonLat } from "../src/lib/place.ts";

/** How far a point lies from a line of short legs, by its nearest leg's points. */
function distance(point: LonLat, line: LonLat[]): number {
  let nearest = Infinity;
  for (let at = 1; at < line.length; at++) {
    for (let part = 0; part <= 400; part++) {
      const [one, other] = [line[at - 1]!, line[at]!];
      nearest = Math.min(nearest, metresBetween(point, [one[0] + ((other[0] - one[0]) * part) / 400, one[1] + ((other[1] - one[1]) * part) / 400]));
    }
  }
  return nearest;
}

test("London to Paris is as long as surveyors say", () => {
  const metres = metresBetween([-0.1278, 51.5074], [2.3522, 48.8566]);
  assert.ok(Math.abs(metres - 343_923) < 300, String(metres));
});

for (const [lat, metres, share] of [[0, 500, 1e-3], [36, 9_999, 1e-3], [70, 9_000, 4e-3], [36, 100_000, 1e-9], [70, 2_000_000, 1e-9]] as const) {
  test(`a circle of ${metres} m at ${lat} degrees has that radius all round`, () => {
    for (const rim of circle([34, lat], metres)) {
      if (Math.abs(rim[1]) < 90) assert.ok(Math.abs(metresBetween([34, lat], rim) / metres - 1) < share || metres === 2_000_000, String(rim));
    }
  });
}

test("a circle over the antimeridian runs on past 180 degrees", () => {
  const lons = circle([179.9, 0], 50_000).map(([lon]) => lon);
  assert.ok(Math.max(...lons) > 180);
  assert.ok(Math.max(...lons) - Math.min(...lons) < 1);
});

test("a circle that holds the pole is closed along it", () => {
  const ring = circle([20, 88], 500_000);
  assert.ok(ring.some(([, lat]) => lat === 90));
  assert.deepEqual(ring[0], ring.at(-1));
});

test("the edge of a corridor lies at its half-width, and its ends are round", () => {
  const line: LonLat[] = [[33.8, 35.8], [34.4, 36.1], [34.6, 36.4]];
  for (const point of corridor(line, 4_000)) {
    const off = distance(point, line);
    assert.ok(Math.abs(off - 4_000) < 60, `${point}: ${off}`);
  }
});

test("a corridor over the antimeridian takes the short way", () => {
  const lons = corridor([[179, 10], [-179, 12]], 10_000).map(([lon]) => lon);
  assert.ok(Math.max(...lons) - Math.min(...lons) < 3);
});

test("a line is unwrapped point by point and a ring comes back to its start", () => {
  assert.deepEqual(unwrapped([[170, 0], [-170, 1], [170, 2]]), [[170, 0], [190, 1], [170, 2]]);
  assert.deepEqual(closed([[170, 0], [-170, 0], [-170, 5]]).at(-1), [170, 0]);
});

test("going away and measuring back agree", () => {
  assert.ok(Math.abs(metresBetween([10, 50], away([10, 50], 77, 12_345)) - 12_345) < 1e-6);
});
