import assert from "node:assert/strict";
import { test } from "node:test";
import { read, spot, wrapped, write } from "../src/lib/place.ts";

for (const text of [
  "36.85, 34.64", "Mersin @ 36.85, 34.64", "circle -36.85, -179.5 radius 5000 m", "corridor 36.85, 34.64; 36.9, 34.7 half-width 2000 m",
  "North lane @ corridor 36.85, 34.64; 36.9, 34.7 half-width 2000 m", "area 36.8, 34.6; 36.9, 34.6; 36.9, 34.7", "Port of Mersin", "",
]) {
  test(`“${text}” is read and written alike`, () => assert.equal(write(read(text)), text));
}

test("a name that speaks of a shape stays a name", () => {
  assert.deepEqual(read("area of interest"), { form: "named", name: "area of interest", points: [], metres: 0 });
});

test("longitudes past half a turn come back within it", () => {
  assert.equal(wrapped(190), -170);
  assert.equal(wrapped(-190), 170);
  assert.equal(wrapped(180), 180);
  assert.equal(spot([370.1234567, -0.0000001]), "0, 10.123457");
});
