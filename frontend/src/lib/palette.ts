/** The palette: one line to type in; under it the acts of this page, the rooms, and elements by title. */
import { each } from "./page.ts";

export interface Choice { group: "act" | "room" | "element" | "seek"; title: string; note: string; go(): void }

/** How well `words` fit a title: 0 where some word is not in it; the more the earlier and the more whole words stand. */
export function fit(title: string, words: string): number {
  const text = fold(title);
  let score = 1;
  for (const word of fold(words).split(/\s+/).filter(Boolean)) {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    const starts = at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1] ?? " ");
    score += (starts ? 2 : 0) + (at === 0 ? 2 : 0) + word.length / (text.length + 1);
  }
  return score;
}

/** Those that fit, best first within their group, groups in the order in which they first stand; at most `most` of each. */
export function ranked<T extends { group: string; title: string }>(choices: readonly T[], words: string, most = 8): T[] {
  const groups = new Map<string, { choice: T; score: number }[]>();
  for (const choice of choices) {
    const score = fit(choice.title, words);
    if (score > 0) groups.set(choice.group, [...(groups.get(choice.group) ?? []), { choice, score }]);
  }
  return [...groups.values()].flatMap((group) => group.sort((one, other) => other.score - one.score).slice(0, most).map((found) => found.choice));
}

/** What the server says of an element whose title fits. */
export interface Title { title: string; kind: string; url: string; side: string }

/** The elements of an answer; none where it is not such an answer. */
export function titles(answer: unknown): Title[] {
  const listed = Array.isArray(answer) ? answer : [];
  return listed.filter((one): one is Title => typeof one === "object" && one !== null && typeof (one as Title).title === "string" && typeof (one as Title).url === "string");
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

const LATER_MS = 150;

/** The dialog of this page. */
export class Palette {
  private readonly asked: HTMLInputElement;
  private readonly listed: HTMLElement;
  private readonly none: HTMLElement | null;
  private shown: Choice[] = [];
  private at = 0;
  private elements: Choice[] = [];
  private asking: AbortController | null = null;
  private timer = 0;

  constructor(private readonly dialog: HTMLDialogElement) {
    this.asked = dialog.querySelector<HTMLInputElement>("input")!;
    this.listed = dialog.querySelector<HTMLElement>("[role=listbox]")!;
    this.none = dialog.querySelector(".palette-none");
    this.asked.addEventListener("input", () => { this.elements = []; this.draw(); this.askLater(); });
    this.asked.addEventListener("keydown", (event) => this.stroke(event));
    this.listed.addEventListener("click", (event) => {
      const line = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (line) this.choose(Number(line.dataset.at));
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    each("a[data-palette]", (link) => link.addEventListener("click", (event) => { event.preventDefault(); this.open(); }));
  }

  open(): void {
    if (this.dialog.open) return;
    this.asked.value = "";
    this.elements = [];
    this.dialog.showModal();
    this.asked.focus();
    this.draw();
  }

  private draw(): void {
    const words = this.asked.value.trim();
    const seek = this.dialog.dataset.find;
    const everywhere: Choice[] = words && seek
      ? [{ group: "seek", title: (this.dialog.dataset.seek ?? "%s").replace("%s", words), note: "", go: () => window.location.assign(`${seek}?q=${encodeURIComponent(words)}`) }]
      : [];
    this.shown = [...ranked([...acts(), ...rooms()], words), ...this.elements, ...everywhere];
    this.at = 0;
    this.listed.replaceChildren(...this.shown.map((choice, at) => this.line(choice, at)));
    if (this.none) this.none.hidden = this.shown.length > 0;
    this.mark();
  }

  private line(choice: Choice, at: number): HTMLElement {
    const line = document.createElement("li");
    line.setAttribute("role", "option");
    line.id = `palette-${at}`;
    line.dataset.at = String(at);
    const title = document.createElement("span");
    title.dir = "auto";
    title.textContent = choice.title;
    const note = document.createElement("span");
    note.className = "soft";
    note.textContent = choice.note || (choice.group === "seek" ? "" : this.dialog.dataset[choice.group] ?? "");
    line.append(title, note);
    return line;
  }

  private mark(): void {
    for (const [at, line] of [...this.listed.children].entries()) {
      line.setAttribute("aria-selected", String(at === this.at));
      if (at === this.at) line.scrollIntoView({ block: "nearest" });
    }
    if (this.shown.length > 0) this.asked.setAttribute("aria-activedescendant", `palette-${this.at}`);
    else this.asked.removeAttribute("aria-activedescendant");
  }

  private stroke(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    if (by !== 0 && this.shown.length > 0) {
      this.at = (this.at + by + this.shown.length) % this.shown.length;
      this.mark();
      event.preventDefault();
    } else if (event.key === "Enter") {
      this.choose(this.at);
      event.preventDefault();
    }
  }

  private choose(at: number): void {
    const choice = this.shown[at];
    if (!choice) return;
    this.dialog.close();
    choice.go();
  }

  private askLater(): void {
    window.clearTimeout(this.timer);
    this.asking?.abort();
    const url = this.dialog.dataset.titles;
    const words = this.asked.value.trim();
    if (!url || !words) return;
    this.timer = window.setTimeout(() => {
      this.asking = new AbortController();
      fetch(`${url}?q=${encodeURIComponent(words)}`, { credentials: "same-origin", signal: this.asking.signal, headers: { Accept: "application/json" } })
        .then(async (answer) => {
          if (!answer.ok || words !== this.asked.value.trim()) return;
          this.elements = titles(await answer.json()).slice(0, 12).map((found) => ({
            group: "element", title: found.title, note: [found.kind, found.side].filter(Boolean).join(" · "), go: () => window.location.assign(found.url),
          }));
          this.draw();
        })
        .catch(() => undefined); // No answer, or one that came too late: the rooms stand as they are.
    }, LATER_MS);
  }
}

/** The acts of this page: its own links and buttons, under their own words. */
function acts(): Choice[] {
  const found = [...document.querySelectorAll<HTMLElement>("main .actions :is(a[href], button:not([disabled])), main [data-action]")];
  const seen = new Set<string>();
  return found.flatMap((act) => {
    const title = (act.dataset.action || act.textContent || "").trim();
    if (!title || seen.has(title) || act.getClientRects().length === 0) return [];
    seen.add(title);
    // A button that sends what is in a form is never pressed from afar: one is brought to it.
    return [{ group: "act" as const, title, note: "", go: () => { if (act.matches("button")) act.focus(); else act.click(); } }];
  });
}

/** The rooms of the menu, each once. */
function rooms(): Choice[] {
  const seen = new Set<string>();
  return [...document.querySelectorAll<HTMLAnchorElement>(".nav a[href], .who-ways a[href]")].flatMap((link) => {
    if (seen.has(link.href)) return [];
    seen.add(link.href);
    const title = link.firstChild?.textContent?.trim() || (link.textContent ?? "").trim();
    return [{ group: "room" as const, title, note: "", go: () => window.location.assign(link.href) }];
  });
}
