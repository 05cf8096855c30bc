/** After the tree was changed, the table below it is drawn anew from the server, so that both say the same. */
import { CHANGED } from "./lib/page.ts";

async function renew(): Promise<void> {
  const answer = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll<HTMLElement>("[data-renew]")) {
    const other = fresh.getElementById(part.id);
    if (other && !part.contains(document.activeElement)) part.replaceWith(document.adoptNode(other));
  }
}

document.addEventListener(CHANGED, () => void renew().catch(() => undefined));
