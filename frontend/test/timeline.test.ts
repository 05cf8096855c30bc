import assert from "node:assert/strict";
import { test } from "node:test";
import { hour, layout, type Item } from "../src/lib/lanes.ts";
import { later, read, seconds, spelt } from "../src/lib/moments.ts";
import { step, ticks, tickText } from "../src/lib/ticks.ts";

function item(id: string, start: string, end = ""): Item {
  const borne = { key: id, title: id, kind: "activity", kindWord: "Activity", side: "ours" as const, whose: "", party: "XMR", href: "", change: "", version: "" };
  return { sort: "bar", id, title: id, borne, startField: "window.start", endField: "window.end", start: read(start), end: read(end), phase: "", function: "", forces: [], after: [] };
}
const all = (one: Item): string[] => [one.phase];

for (const text of ["C", "C+3", "D-2", "D+1/H+6", "H+6", "H", "D/H-4", "2027-05-04T06:00:00Z"]) {
  test(`${text} is read, and moved there and back`, () => {
    const stand = read(text)!;
    assert.equal(later(later(stand, 31), -31).text, text);
    assert.equal(stand.on === undefined ? stand.text : spelt(stand.on, stand.hours!), text);
  });
}

test("what is no moment is none", () => assert.equal(read("soon"), null));

test("each anchor has its lane, and what has no time the last", () => {
  const found = layout([item("a", "D+1"), item("b", "C+1"), item("c", ""), item("d", "2027-01-01T00:00:00Z")], "relative", {}, all, []);
  assert.deepEqual(found.lanes.map((lane) => lane.id), ["C", "D", "dates", "none"]);
  assert.equal(found.rows.filter((row) => row.sort === "bar").length, 4);
});

test("on the calendar stand those whose anchor has a date, the others keep their lane", () => {
  const anchors = { C: Date.UTC(2027, 4, 4) / 1000 };
  const found = layout([item("a", "C+1", "C+2"), item("b", "2027-05-10T00:00:00Z"), item("c", "D")], "absolute", anchors, all, []);
  assert.deepEqual(found.lanes.map((lane) => lane.id), ["calendar", "D"]);
  const calendar = found.lanes[0]!;
  assert.equal(hour(read("C+2")!, calendar, anchors)! - hour(read("C+1")!, calendar, anchors)!, 24);
  assert.equal(hour(read("D")!, calendar, anchors), null);
  assert.equal(seconds(read("D")!, anchors), null);
});

test("an end on another anchor stands nowhere in the lane of the start", () => {
  const found = layout([item("a", "C+1", "D+4")], "relative", {}, all, []);
  assert.equal(hour(read("D+4")!, found.lanes[0]!, {}), null);
});

test("groups stand in the order given, others after them by name", () => {
  const items = ["z", "b", "a"].map((phase) => ({ ...item(phase, "C"), phase }));
  const found = layout(items, "relative", {}, all, ["b"]);
  assert.deepEqual(found.rows.filter((row) => row.sort === "group").map((row) => row.label), ["b", "a", "z"]);
});

test("marks of the axis never touch, at any scale", () => {
  for (const pixels of [0.02, 0.3, 1, 7, 60]) assert.ok(step(pixels) * pixels >= 78);
  assert.deepEqual(ticks(-30, 30, 4).map((tick) => tick.hour), [-24, 0, 24]);
  assert.equal(tickText(72, { id: "C", anchor: "C", origin: 0, dated: true }, 24, "en"), "C+3");
  assert.equal(tickText(24, { id: "dates", anchor: "", origin: Date.UTC(2027, 4, 4) / 1000, dated: true }, 24, "en-GB"), "5 May");
});
