import assert from "node:assert/strict";
import { test } from "node:test";
import { token } from "../src/lib/page.ts";

test("without a form there is no token", () => {
  const page = { querySelector: () => null };
  Object.assign(globalThis, { document: page });
  assert.equal(token(), "");
});
