/** The scenario room keeps up with its own tree: once a branch was hung elsewhere in the picture, what is written below it is drawn anew. */
import { CHANGED, each, type Changed } from "./lib/page.ts";

/** Parts of the room that follow from the branches, by id. */
const FOLLOWING = ["branch-list", "judged-table", "needs-list"];

each("[data-scenario-room]", (room) => {
  let turn = 0;
  document.addEventListener(CHANGED, (event) => {
    if (new URL((event as CustomEvent<Changed>).detail.url, location.href).pathname === room.dataset["scenarioRoom"]) void again(++turn);
  });

  async function again(mine: number): Promise<void> {
    const said = await fetch(location.href, { credentials: "same-origin" });
    if (!said.ok) return;
    const page = new DOMParser().parseFromString(await said.text(), "text/html");
    if (mine !== turn) return;
    // Somebody may be typing below: then nothing is put in its place. Saving says what was changed meanwhile.
    if (document.querySelector("#branch-list details[open]")) return;
    for (const id of FOLLOWING) {
      const fresh = page.getElementById(id);
      if (fresh) document.getElementById(id)?.replaceWith(fresh);
    }
  }
});
