import assert from "node:assert/strict";
import { test } from "node:test";
import { read, step, type Stroke } from "../src/lib/shortcuts.ts";

const NONE: ReadonlySet<string> = new Set();
const stroke = (key: string, more: Partial<Stroke> = {}): Stroke => ({ key, ctrl: false, alt: false, typing: false, ...more });

test("no single key acts while somebody types", () => {
  for (const key of ["/", "?", "e", "s", "j", "k", "g", "x", "a", "b", "r"]) {
    assert.deepEqual(read(stroke(key, { typing: true }), "", NONE), { act: null, waiting: "" });
  }
});

test("Ctrl+K opens the palette, while typing too", () => {
  assert.deepEqual(read(stroke("k", { ctrl: true, typing: true }), "", NONE).act, { name: "palette" });
  assert.deepEqual(read(stroke("K", { ctrl: true }), "g", NONE).act, { name: "palette" });
});

test("g waits for one letter, which leads to a room; any other key ends the waiting", () => {
  const first = read(stroke("g"), "", NONE);
  assert.deepEqual(first, { act: null, waiting: "g" });
  assert.deepEqual(read(stroke("s"), first.waiting, NONE), { act: { name: "go", letter: "s" }, waiting: "" });
  assert.deepEqual(read(stroke("Escape"), first.waiting, NONE), { act: null, waiting: "" });
});

test("what a person switched off does not act", () => {
  assert.equal(read(stroke("e"), "", new Set(["edit"])).act, null);
  assert.equal(read(stroke("k", { ctrl: true }), "", new Set(["palette"])).act, null);
  assert.equal(read(stroke("g"), "", new Set(["go"])).waiting, "");
  assert.deepEqual(read(stroke("j"), "", new Set(["edit"])).act, { name: "walk", by: 1 });
});

test("at the desk a line is chosen, and each decision has its letter; after g the letters lead to rooms", () => {
  assert.deepEqual(read(stroke("x"), "", NONE).act, { name: "choose" });
  assert.deepEqual(read(stroke("a"), "", NONE).act, { name: "decide", way: "a" });
  assert.deepEqual(read(stroke("r"), "", NONE).act, { name: "decide", way: "r" });
  assert.deepEqual(read(stroke("a"), "g", NONE).act, { name: "go", letter: "a" });
  assert.equal(read(stroke("b"), "", new Set(["decide"])).act, null);
});

test("strokes with Alt or Ctrl are the browser's", () => {
  assert.equal(read(stroke("s", { ctrl: true }), "", NONE).act, null);
  assert.equal(read(stroke("e", { alt: true }), "", NONE).act, null);
});

test("walking holds at both ends", () => {
  assert.deepEqual([step(-1, 1, 3), step(-1, -1, 3), step(2, 1, 3), step(0, -1, 3), step(0, 1, 3)], [0, 2, 2, 0, 1]);
});
