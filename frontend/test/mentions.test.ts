import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, completed, matching } from "../src/lib/mentions.ts";

const people = [
  { username: "oda", name: "Oda Officer" },
  { username: "hal", name: "Hal Head" },
  { username: "odin", name: "Other Planner" },
  { username: "pia", name: "Pia Planner" },
];

test("somebody is mentioned only after an @ that stands alone, up to the caret", () => {
  assert.equal(asked("See @od", 7), "od");
  assert.equal(asked("@", 1), "");
  assert.equal(asked("(@pi later", 4), "pi");
  for (const [text, caret] of [["a@b", 3], ["@oda ", 5], ["@@pi", 4], ["no", 2], ["x/@pia", 6]] as const) assert.equal(asked(text, caret), null, text);
});

test("usernames that begin so come before names that do", () => {
  assert.deepEqual(matching(people, "o").map((one) => one.username), ["oda", "odin"]);
  assert.deepEqual(matching(people, "P").map((one) => one.username), ["pia", "odin"]);
  assert.deepEqual(matching(people, "zz"), []);
  assert.equal(matching(people, "", 2).length, 2);
});

test("a choice replaces what was typed and leaves the rest", () => {
  assert.deepEqual(completed("See @od", 7, "oda"), { text: "See @oda ", caret: 9 });
  assert.deepEqual(completed("@o, please", 2, "oda"), { text: "@oda , please", caret: 5 });
  assert.deepEqual(completed("@o now", 2, "oda"), { text: "@oda now", caret: 5 });
  assert.deepEqual(completed("plain", 5, "oda"), { text: "plain", caret: 5 });
});
