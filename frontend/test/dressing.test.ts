import assert from "node:assert/strict";
import { test } from "node:test";
import { arranged, dressed, least, sized, type Part } from "../src/lib/dressing.ts";

const spec: Part = {
  data: { values: [{ name: "#1b2025" }] },
  config: { background: "#fffefb", axis: { labelColor: "#1b2025" }, legend: { columns: 3 } },
  layer: [{ mark: { type: "rule", color: "#1b2025" }, data: { values: [{ name: "#1b2025" }] } }],
};

test("a chart takes the page's colours, and what stands in its data is left as it is", () => {
  const made = dressed(spec, new Map([["#1b2025", "rgb(1, 2, 3)"]]));
  assert.equal((made["config"] as { axis: { labelColor: string } }).axis.labelColor, "rgb(1, 2, 3)");
  assert.equal((made["config"] as Part)["background"], "#fffefb");
  assert.deepEqual(made["data"], spec["data"]);
  const layer = (made["layer"] as Part[])[0]!;
  assert.deepEqual(layer["data"], { values: [{ name: "#1b2025" }] });
  assert.deepEqual(layer["mark"], { type: "rule", color: "rgb(1, 2, 3)" });
});

test("names and legend get the room that there is, and the rest of the look stays", () => {
  const narrow = arranged(spec, 390)["config"] as { axis: Part; legend: Part };
  assert.ok((narrow.axis["labelLimit"] as number) < 150);
  assert.equal(narrow.axis["labelColor"], "#1b2025");
  assert.equal(narrow.legend["columns"], 2);
  assert.equal((arranged(spec, 1400)["config"] as { legend: Part }).legend["columns"], 5);
});

test("plots one below the other are as wide as each other, and a chart says how narrow it may be", () => {
  assert.equal(sized(spec, 300.4)["width"], 300);
  const two = sized({ vconcat: [{ width: 1 }, { width: 2 }] }, 250);
  assert.deepEqual(two["vconcat"], [{ width: 250 }, { width: 250 }]);
  assert.equal(least(spec), 0);
  assert.equal(least({ usermeta: { least_px: 600 } }), 600);
  assert.equal(least({ usermeta: { least_px: "wide" } }), 0);
});
