import assert from "node:assert/strict";
import { test } from "node:test";
import { called, differs, putBack, values } from "../src/lib/typed.ts";
import type { Control } from "../src/lib/typed.ts";

const text = (name: string, value: string, type = "text"): Control => ({ name, value, type });

test("what is kept is what would be sent, and never a secret", () => {
  const found = values([
    text("title", "Fog"), text("csrfmiddlewaretoken", "x", "hidden"), text("do", "save", "submit"), text("password", "p", "password"),
    { ...text("tick", "yes", "checkbox"), checked: false }, { ...text("way", "mine", "radio"), checked: true }, text("", "unnamed"),
  ]);
  assert.deepEqual(found, { title: "Fog", way: "mine" });
});

test("kept texts go back where they were typed, and hidden ones stay as the page has them", () => {
  const title = text("title", ""), tick = { ...text("tick", "yes", "checkbox"), checked: false }, based = text("based_on", "new", "hidden");
  assert.equal(putBack([title, tick, based], { title: "Fog", tick: "yes", based_on: "old", gone: "x" }), 1);
  assert.deepEqual([title.value, tick.checked, based.value], ["Fog", true, "new"]);
});

test("a tick taken away is a difference, and so is a changed word", () => {
  assert.equal(differs({ a: "1" }, { a: "1" }), false);
  assert.equal(differs({ a: "1", tick: "yes" }, { a: "1" }), true);
  assert.equal(differs({ a: "1" }, { a: "2" }), true);
});

test("two forms of one page are told apart, and one keeps its name when its version moves on", () => {
  const form = (about: string, version: string): Control[] => [text("about", about, "hidden"), text("version", version, "hidden"), text("text", "typed")];
  assert.notEqual(called(form("a", "1")), called(form("b", "1")));
  assert.equal(called(form("a", "1")), called(form("a", "2")));
});
