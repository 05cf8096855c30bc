/** The synchronisation matrix: an activity is moved to another cell by dragging it, or by Shift and an arrow key on its tick box. */
import { CHANGED, change, data, each, type Changed } from "./lib/page.ts";
import { spelt, step } from "./lib/steps.ts";

interface Said {
  phases: Record<string, string>;
  words: { moved: string; noPhase: string; noFunction: string; edge: string; failed: string };
}

const said = data<Said>("matrix-words");
let lifted: HTMLElement | null = null;

function say(sentence: string, wrong = false): void {
  const place = document.getElementById("matrix-said");
  if (!place) return;
  place.textContent = sentence;
  place.classList.toggle("wrong", wrong);
}

function boxes(table: HTMLElement): HTMLElement[][] {
  return [...table.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll<HTMLElement>("td[data-box]")]);
}

function count(row: Element | null, by: number): void {
  const place = row?.querySelector(".count");
  if (place) place.textContent = String(Number(place.textContent) + by);
}

function tickOf(item: HTMLElement): HTMLInputElement | null {
  return item.querySelector<HTMLInputElement>("input[type=checkbox]");
}

/** Puts the activity into the cell once the headquarters has kept it there; it stays where it was otherwise. */
async function move(item: HTMLElement, box: HTMLElement): Promise<void> {
  const list = box.querySelector("ul");
  if (!said || !list || item.closest("td") === box || item.dataset["busy"]) return;
  item.dataset["busy"] = "yes";
  const phase = box.dataset["phase"] ?? "";
  const text = box.dataset["function"] ?? "";
  try {
    const answer = await change(item.dataset["url"] ?? "", item.dataset["version"] ?? "", { phase, function: text });
    if (answer.status !== 200) {
      say(answer.sentence ?? said.words.failed, true);
      return;
    }
    count(item.closest("tr"), -1);
    list.append(item);
    count(item.closest("tr"), 1);
    tickOf(item)?.focus();
    const name = said.phases[phase];
    say(spelt(said.words.moved, { title: item.dataset["title"] ?? "", phase: name ? `${phase} ${name}` : said.words.noPhase, function: text || said.words.noFunction }));
  } catch {
    say(said.words.failed, true);
  } finally {
    delete item.dataset["busy"];
  }
}

function renew({ url, version }: Changed): void {
  for (const item of document.querySelectorAll<HTMLElement>("[data-activity]")) {
    if (!url.endsWith(item.dataset["url"] ?? " ")) continue;
    item.dataset["version"] = version;
    const tick = tickOf(item);
    if (tick) tick.value = `${item.dataset["activity"] ?? ""}:${version}`;
  }
}

function byKey(table: HTMLElement, event: KeyboardEvent): void {
  const item = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-activity]") : null;
  if (!item || !event.shiftKey || !event.key.startsWith("Arrow")) return;
  event.preventDefault();
  const grid = boxes(table);
  const row = grid.findIndex((line) => line.includes(item.closest("td") as HTMLElement));
  const column = grid[row]?.indexOf(item.closest("td") as HTMLElement) ?? -1;
  const to = step({ row, column }, event.key, grid.length, grid[0]?.length ?? 0, document.documentElement.dir === "rtl");
  const box = to && grid[to.row]?.[to.column];
  if (box) void move(item, box);
  else if (said) say(said.words.edge);
}

each("table.sync", (table) => {
  for (const hint of document.querySelectorAll<HTMLElement>("[data-scripted]")) hint.hidden = false;
  for (const item of table.querySelectorAll<HTMLElement>("[data-activity]")) item.draggable = true;
  table.addEventListener("keydown", (event) => byKey(table, event));
  table.addEventListener("dragstart", (event) => {
    lifted = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-activity]") : null;
    lifted?.classList.add("lifted");
    event.dataTransfer?.setData("text/plain", lifted?.dataset["title"] ?? "");
  });
  const over = (event: Event): HTMLElement | null => (event.target instanceof Element ? event.target.closest<HTMLElement>("td[data-box]") : null);
  table.addEventListener("dragover", (event) => {
    const box = over(event);
    for (const other of table.querySelectorAll(".over")) if (other !== box) other.classList.remove("over");
    if (!lifted || !box) return;
    event.preventDefault();
    box.classList.add("over");
  });
  table.addEventListener("drop", (event) => {
    const box = over(event);
    if (!lifted || !box) return;
    event.preventDefault();
    void move(lifted, box);
  });
  table.addEventListener("dragend", () => {
    lifted?.classList.remove("lifted");
    lifted = null;
    for (const other of table.querySelectorAll(".over")) other.classList.remove("over");
  });
});
document.addEventListener(CHANGED, (event) => renew((event as CustomEvent<Changed>).detail));
