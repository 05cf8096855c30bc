import assert from "node:assert/strict";
import { test } from "node:test";
import { exchanged, reordered, seen, type Twig } from "../src/lib/rows.ts";

function twig(at: number, id: string, above = "", depth = 1): Twig {
  return { at, id, title: id, above, depth, before: null, behind: null, fields: { id, after: above }, sort: "", detail: "", force: "", forceTitle: "", likelihood: "", low: null, high: null };
}
const TWIGS = [twig(0, "A"), twig(1, "B", "A", 2), twig(3, "D", "B", 3), twig(2, "C", "", 1)];

test("what hangs on a folded line is not seen", () => {
  assert.deepEqual(seen(TWIGS, new Set(["A"])).map((one) => one.id), ["A", "C"]);
  assert.deepEqual(seen(TWIGS, new Set(["B"])).map((one) => one.id), ["A", "B", "C"]);
});

test("two rows change places whole", () => {
  assert.deepEqual(exchanged("branches", TWIGS[0]!, TWIGS[3]!), { "branches.0.id": "C", "branches.0.after": "", "branches.2.id": "A", "branches.2.after": "" });
});

test("a row dropped behind the last goes there, and only what moved is written", () => {
  const rows = [twig(0, "A"), twig(2, "B"), twig(5, "C"), twig(7, "D")];
  const written = reordered("organisation", rows, rows[1]!, rows[2]!, 1);
  assert.deepEqual(Object.entries(written).filter(([name]) => name.endsWith(".id")), [["organisation.2.id", "C"], ["organisation.5.id", "B"]]);
});
