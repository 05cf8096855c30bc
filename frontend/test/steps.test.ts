import assert from "node:assert/strict";
import { test } from "node:test";
import { spelt, step } from "../src/lib/steps.ts";

test("an arrow leads to the cell beside, and nowhere beyond the edge", () => {
  assert.deepEqual(step({ row: 0, column: 0 }, "ArrowDown", 2, 3, false), { row: 1, column: 0 });
  assert.deepEqual(step({ row: 1, column: 1 }, "ArrowRight", 2, 3, false), { row: 1, column: 2 });
  assert.equal(step({ row: 1, column: 2 }, "ArrowRight", 2, 3, false), null);
  assert.equal(step({ row: 0, column: 0 }, "ArrowUp", 2, 3, false), null);
  assert.equal(step({ row: 0, column: 0 }, "Enter", 2, 3, false), null);
});

test("on a page read from right to left, left leads on", () => {
  assert.deepEqual(step({ row: 0, column: 0 }, "ArrowLeft", 1, 2, true), { row: 0, column: 1 });
  assert.equal(step({ row: 0, column: 0 }, "ArrowRight", 1, 2, true), null);
});

test("stepping there and back ends where it began", () => {
  const back: Record<string, string> = { ArrowUp: "ArrowDown", ArrowDown: "ArrowUp", ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" };
  for (const rtl of [false, true]) {
    for (const key of Object.keys(back)) {
      const there = step({ row: 1, column: 1 }, key, 3, 3, rtl);
      assert.ok(there);
      assert.deepEqual(step(there, back[key] ?? "", 3, 3, rtl), { row: 1, column: 1 });
    }
  }
});

test("a sentence takes its values and keeps what has none", () => {
  assert.equal(spelt("{title} moved to {phase}{x}", { title: "Convoy", phase: "P1" }), "Convoy moved to P1{x}");
});
