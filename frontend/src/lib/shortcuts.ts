/** Keys: which act a stroke asks for, and the acts. A stroke of one key means nothing while somebody types, or where its person switched it off. */
import { each } from "./page.ts";

/** What strokes can ask for; the names are those of a person's choices (see `web/keys.py`). */
export type Act =
  | { name: "palette" | "find" | "list" | "edit" | "save" }
  | { name: "go"; letter: string }
  | { name: "walk"; by: 1 | -1 }
  | { name: "choose" }
  | { name: "decide"; way: "a" | "b" | "r" };

export interface Stroke { key: string; ctrl: boolean; alt: boolean; typing: boolean }

/** After which stroke we are: nothing, or `g`, which waits for a letter. */
export type Waiting = "" | "g";

const LONE: Readonly<Record<string, Act>> = {
  "/": { name: "find" }, "?": { name: "list" }, e: { name: "edit" }, s: { name: "save" },
  j: { name: "walk", by: 1 }, k: { name: "walk", by: -1 },
  x: { name: "choose" }, a: { name: "decide", way: "a" }, b: { name: "decide", way: "b" }, r: { name: "decide", way: "r" },
};

/** What a stroke asks for, and what is waited for after it. */
export function read(stroke: Stroke, waiting: Waiting, off: ReadonlySet<string>): { act: Act | null; waiting: Waiting } {
  const allowed = (act: Act | null | undefined): Act | null => (act && !off.has(act.name) ? act : null);
  if (stroke.ctrl && !stroke.alt && stroke.key.toLowerCase() === "k") return { act: allowed({ name: "palette" }), waiting: "" };
  if (stroke.typing || stroke.ctrl || stroke.alt) return { act: null, waiting: "" };
  if (waiting === "g") return { act: /^[a-z]$/.test(stroke.key) ? allowed({ name: "go", letter: stroke.key }) : null, waiting: "" };
  if (stroke.key === "g" && !off.has("go")) return { act: null, waiting: "g" };
  return { act: allowed(LONE[stroke.key]), waiting: "" };
}

/** Which line comes next in a list of `count` when one stands at `at` (-1: at none): the ends hold. */
export function step(at: number, by: 1 | -1, count: number): number {
  if (at < 0) return by > 0 ? 0 : count - 1;
  return Math.min(Math.max(at + by, 0), count - 1);
}

const TYPED = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]:not([contenteditable=false]), [role=textbox], [role=combobox], [role=application]";
/** Where a room's own keys act, ours do not: `data-own-keys` is theirs to set. */
const OWN = "[data-own-keys], dialog[open]";

export function typing(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(`${TYPED}, ${OWN}`) !== null;
}

/** What is asked of the page when an act has been read. */
export interface Doing { palette(): void; list(): void }

/** Listens from now on. */
export function listen(off: ReadonlySet<string>, doing: Doing): void {
  let waiting: Waiting = "";
  let timer = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const stroke = { key: event.key, ctrl: event.ctrlKey || event.metaKey, alt: event.altKey, typing: typing(event.target) };
    const found = read(stroke, waiting, off);
    window.clearTimeout(timer);
    waiting = found.waiting;
    if (waiting) timer = window.setTimeout(() => { waiting = ""; }, 2_000);
    if (found.act && act(found.act, doing)) event.preventDefault();
  });
}

/** Whether there was something to do. */
function act(asked: Act, doing: Doing): boolean {
  switch (asked.name) {
    case "palette": case "find": doing.palette(); return true;
    case "list": doing.list(); return true;
    case "edit": return press('[data-key="e"]');
    case "save": return press('[data-key="s"]');
    case "go": return press(`a[data-go="${asked.letter}"]`);
    case "walk": return walk(asked.by);
    case "choose": return choose();
    case "decide": return reach(`[data-decide="${asked.way}"]`);
  }
}

function press(selector: string): boolean {
  const found = document.querySelector<HTMLElement>(selector);
  found?.click();
  return found !== null;
}

function walk(by: 1 | -1): boolean {
  const lines = [...document.querySelectorAll<HTMLElement>("main .rows > li, main [data-walk] > *")]
    .map((line) => line.querySelector<HTMLElement>("a[href], button, summary, [tabindex='0']"))
    .filter((found): found is HTMLElement => found !== null && found.getClientRects().length > 0);
  if (lines.length === 0) return false;
  const at = lines.findIndex((found) => (found.closest("li, [data-walk] > *") ?? found).contains(document.activeElement));
  lines[step(at, by, lines.length)]?.focus();
  return true;
}

/** Ticks the line that has the focus, or takes its tick away. */
function choose(): boolean {
  const tick = document.activeElement?.closest("main .rows > li")?.querySelector<HTMLInputElement>("input[type=checkbox]");
  tick?.click();
  return Boolean(tick);
}

/** Leads to a decision and presses nothing: what leaves for good is let go by two more strokes. */
function reach(selector: string): boolean {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) return false;
  if (found instanceof HTMLDetailsElement) found.open = true;
  const first = found.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select, button");
  first?.focus();
  first?.scrollIntoView({ block: "center" });
  return first !== null;
}

/** Opens the list of keys in a dialog; its page where the dialog cannot be filled. */
export function list(dialog: HTMLDialogElement): void {
  const page = dialog.dataset.page ?? "";
  if (dialog.open || window.location.pathname === page) return;
  void fetch(`${page}?part=1`, { credentials: "same-origin" })
    .then(async (answer) => {
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      dialog.innerHTML = await answer.text();
      dialog.showModal();
    })
    .catch(() => { window.location.assign(page); });
}

/** Links to the page of keys open the dialog instead. */
export function links(dialog: HTMLDialogElement): void {
  each("a[data-keys-list]", (link) => link.addEventListener("click", (event) => { event.preventDefault(); list(dialog); }));
}
