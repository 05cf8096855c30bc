/**
 * Draws a chart from its Vega-Lite specification, in the colours and the width of the page. Expressions are interpreted and never become code, so that the
 * page's policy holds; nothing is loaded, whatever a specification names.
 */
import { View, parse, type Item, type Loader, type Spec, type ViewOptions } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
import { arranged, dressed, least, sized, type Part } from "./dressing.ts";

/** What a page gives for a chart: its specification, the token of the page by colour of the specification, and where the element of a key is read. */
export interface Given {
  spec: Part;
  tokens: Record<string, string>;
  links: Record<string, string>;
}

const NARROWEST = 120;
const SYSTEM: Record<string, string> = { "--sheet": "Canvas", "--paper": "Canvas", "--link": "Highlight", "--ink-soft": "CanvasText", "--rule": "GrayText" };
const LOOKS = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"];

const nothing = (): Promise<never> => Promise.reject(new Error("A chart carries its data with it: nothing is loaded."));
const LOADER = { load: nothing, sanitize: nothing, http: nothing, file: nothing } as unknown as Loader;

export class Drawing {
  readonly #inside = document.createElement("div");
  #view: View | null = null;
  #wide = 0;
  #turn = 0;

  constructor(readonly room: HTMLElement, readonly given: Given) {}

  /** Draws, and again whenever the room's width or the page's look is another. */
  async begin(): Promise<void> {
    this.room.hidden = false;
    this.room.replaceChildren(this.#inside);
    await this.#draw();
    new ResizeObserver(() => {
      if (Math.abs(this.room.clientWidth - this.#wide) > 4) void this.#draw();
    }).observe(this.room);
    for (const look of LOOKS) matchMedia(look).addEventListener("change", () => void this.#draw());
  }

  async #draw(): Promise<void> {
    const turn = ++this.#turn;
    delete this.room.dataset["drawn"];
    this.#wide = this.room.clientWidth;
    const wide = Math.max(this.#wide, least(this.given.spec));
    const spec = arranged(dressed(this.given.spec, this.#colours()), wide);
    await this.#show(sized(spec, wide));
    const over = (this.#inside.querySelector("svg")?.getBoundingClientRect().width ?? wide) - wide;
    // Names beside the plot take what they need: what is left is the plot's.
    if (turn === this.#turn && Math.abs(over) > 1) await this.#show(sized(spec, Math.max(NARROWEST, wide - over)));
    if (turn === this.#turn) this.room.dataset["drawn"] = "yes";
    // What cannot be that narrow is scrolled, with the keyboard too.
    if (wide > this.#wide) this.room.tabIndex = 0;
    else this.room.removeAttribute("tabindex");
  }

  async #show(spec: Part): Promise<void> {
    const made = compile(spec as unknown as TopLevelSpec).spec;
    this.#view?.finalize();
    this.#view = new View(parse(made as Spec, {}, { ast: true }), {
      renderer: "svg", expr: expressionInterpreter, loader: LOADER, locale: moments(document.documentElement.lang), hover: false,
    });
    this.#view.tooltip((_handler, _event, _item, said) => { this.room.title = said ? String(said) : ""; });
    this.#view.addEventListener("click", (_event, item) => this.#open(item));
    await this.#view.initialize(this.#inside).runAsync();
    // The room bears the alternative text of the whole.
    for (const name of ["role", "aria-roledescription", "aria-label"]) this.#inside.removeAttribute(name);
    // Lines bear roles without a name of their own, whatever the specification says.
    this.#inside.querySelector("svg")?.setAttribute("aria-hidden", "true");
  }

  #open(item: Item | null | undefined): void {
    const key = (item?.datum as { key?: string } | undefined)?.key ?? "";
    const to = this.given.links[key];
    if (to?.startsWith("/")) location.assign(to);
  }

  /** What each colour of the specification is on this page, as it looks now. */
  #colours(): Map<string, string> {
    const forced = matchMedia("(forced-colors: active)").matches;
    const probe = this.room.appendChild(document.createElement("span"));
    const found = new Map<string, string>();
    for (const [colour, token] of Object.entries(this.given.tokens)) {
      probe.style.color = `var(${token})`;
      const system = SYSTEM[token] ?? (token.endsWith("-wash") ? "Canvas" : "CanvasText");
      found.set(colour, forced ? system : getComputedStyle(probe).color);
    }
    probe.remove();
    return found;
  }
}

/** The names of months and days in this language. */
function moments(language: string): NonNullable<ViewOptions["locale"]> {
  const named = (at: Date, how: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat(language || "en", { ...how, timeZone: "UTC" }).format(at);
  const months = (month: "long" | "short"): string[] => [...Array(12).keys()].map((at) => named(new Date(Date.UTC(2023, at, 15)), { month }));
  const days = (weekday: "long" | "short"): string[] => [...Array(7).keys()].map((at) => named(new Date(Date.UTC(2023, 0, 1 + at)), { weekday }));
  const time = { dateTime: "%-d %b %Y, %H:%M", date: "%-d %b %Y", time: "%H:%M", periods: ["AM", "PM"], days: days("long"), shortDays: days("short"), months: months("long"), shortMonths: months("short") };
  return { time } as unknown as NonNullable<ViewOptions["locale"]>;
}
