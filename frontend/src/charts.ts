/** Charts: where a page has one, what draws it is fetched, and drawn it is. The table under each says the same without. */
import { data, each } from "./lib/page.ts";
import type { Given } from "./lib/drawing.ts";

each("[data-chart]", (room) => {
  const given = data<Given>(room.dataset["chart"] ?? "");
  const failed = (): void => {
    room.textContent = room.dataset["failed"] ?? "";
    room.hidden = false;
  };
  if (given) import("./lib/drawing.ts").then(({ Drawing }) => new Drawing(room, given).begin()).catch(failed);
});
