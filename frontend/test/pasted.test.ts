import assert from "node:assert/strict";
import { test } from "node:test";
import { pasted } from "../src/lib/pasted";

const words = { name: "Pasted text", told: "%(lines)s lines, %(size)s MB" };

test("a short table stays in the field", () => {
  assert.equal(pasted("Activity\tStart\nSweep\tC+1", "<table></table>", words), null);
  assert.equal(pasted("no table at all", "<p>no table</p>", words), null);
});

test("a long one becomes a file that is told", () => {
  const text = "Activity\tStart\n" + "Sweep\tC+1\n".repeat(3_000);
  const found = pasted(text, "", words);
  assert.equal(found?.text, text);
  assert.equal(found?.name, "Pasted text.txt");
  assert.match(found?.told ?? "", /^3.?001 lines, 0\.0 MB$/);
});

test("a table whose words alone have lost their cells goes as its source", () => {
  const found = pasted("Activity Start", "<TABLE><tr><td>Activity<td>Start</table>", words);
  assert.match(found?.text ?? "", /<TABLE>/);
  assert.equal(found?.name, "Pasted text.html");
});
