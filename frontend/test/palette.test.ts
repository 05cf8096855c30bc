import assert from "node:assert/strict";
import { test } from "node:test";
import { fit, ranked, titles } from "../src/lib/palette.ts";

test("every word must stand in the title, in any order and case, with or without accents", () => {
  assert.ok(fit("Closing of the Strait of Vael", "vael strait") > 0);
  assert.equal(fit("Closing of the Strait of Vael", "vael mines"), 0);
  assert.ok(fit("Détroit de Vael", "detroit") > 0);
});

test("a title that begins with the words comes before one that only holds them", () => {
  const found = ranked([{ group: "room", title: "Our plans" }, { group: "room", title: "Plans" }, { group: "room", title: "Explanation" }], "plan");
  assert.deepEqual(found.map((one) => one.title), ["Plans", "Our plans", "Explanation"]);
});

test("groups keep their order and are cut each by itself", () => {
  const many = Array.from({ length: 20 }, (_, at) => ({ group: "act", title: `Act ${at}` }));
  const found = ranked([...many, { group: "room", title: "Accords" }], "", 3);
  assert.deepEqual(found.map((one) => one.group), ["act", "act", "act", "room"]);
});

test("an answer that is no list of titles gives none", () => {
  assert.deepEqual(titles({ error: "no" }), []);
  assert.deepEqual(titles([{ title: 3, url: "/" }, { title: "A", kind: "plan", url: "/a", side: "ours" }]), [{ title: "A", kind: "plan", url: "/a", side: "ours" }]);
});
