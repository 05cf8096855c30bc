/** What every page loads: the palette and the keys. A page without them works the same, by its links and forms. */
import { Palette } from "./lib/palette.ts";
import { links, list, listen } from "./lib/shortcuts.ts";

const palette = document.getElementById("palette-dialog");
const keys = document.getElementById("keys-dialog");
if (palette instanceof HTMLDialogElement && keys instanceof HTMLDialogElement) {
  const opened = new Palette(palette);
  const off = new Set((document.documentElement.dataset.keysOff ?? "").split(" ").filter(Boolean));
  links(keys);
  keys.addEventListener("click", (event) => { if (event.target === keys) keys.close(); });
  listen(off, { palette: () => opened.open(), list: () => list(keys) });
}
