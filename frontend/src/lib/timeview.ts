/** The timeline as it stands in its window: only the rows that are seen are in the page, however many there are. */
import { draw, make } from "./fill.ts";
import { hour, type Item, type Layout, type Row } from "./lanes.ts";
import type { Anchors, Stand } from "./moments.ts";
import { step, ticks, tickText } from "./ticks.ts";

export const ROW = 32;
const SPARE = 6;
const LEAST = 0.02, MOST = 60;
/** Pixels: of a decision point, and the least that can be pointed at; of a bar with an open end; of the shortest bar; from which on a bar bears its times. */
const MARK = 24, OPEN = 60, LEAST_BAR = 6, WORDS = 90;
/** Browsers lose count beyond some tens of millions of pixels. */
const WIDEST = 8_000_000;

export interface Preview {
  item: Item;
  start: Stand | null;
  end: Stand | null;
}

export interface Told {
  /** What a row is called. */
  label(row: Row): string;
  /** What a thing is called for those who hear it. */
  spoken(item: Item, preview: Preview | null): string;
  /** When, in words, as it stands on a bar. */
  when(start: Stand | null, end: Stand | null): string;
  made(button: HTMLButtonElement, item: Item, row: number): void;
}

export class TimeView {
  readonly scroll = make("div", { class: "time-scroll", tabindex: "-1" });
  readonly #space = make("div", { class: "time-space" });
  readonly #axis = make("div", { class: "time-axis", "aria-hidden": "true" });
  readonly #bands = make("div", { class: "time-bands", "aria-hidden": "true" });
  readonly #lines = make("div", { class: "time-lines", "aria-hidden": "true" });
  readonly #links = draw("svg", { class: "time-links", "aria-hidden": "true" });
  readonly #rows = new Map<number, HTMLElement>();
  #layout: Layout = { lanes: [], rows: [], first: 0, last: 1 };
  #anchors: Anchors = {};
  #pixels = 4;
  #asked = 0;
  /** Where the window is to stand once the scale has changed. */
  #to: number | null = null;
  #wide = 0;
  #high = 0;
  #left = 0;
  #top = 0;
  /** Whether time runs from right to left. */
  turned = false;
  /** How wide the names are at the start of each row. */
  names = 230;
  preview: Preview | null = null;
  chosen = "";
  current = 0;

  constructor(readonly told: Told) {
    this.#space.append(this.#bands, this.#lines, this.#axis, this.#links as Node);
    this.scroll.append(this.#space);
    this.scroll.addEventListener("scroll", () => this.soon(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(this.scroll);
  }

  /** What is asked for on every frame is read once: reading it between writes would have the page laid out again and again. */
  #measure(): void {
    this.#wide = this.scroll.clientWidth;
    this.#high = this.scroll.clientHeight;
    this.turned = getComputedStyle(this.scroll).direction === "rtl";
    const names = this.#wide < 560 ? 120 : 230;
    if (names !== this.names) {
      this.names = names;
      this.redraw();
    } else {
      this.soon();
    }
  }

  get layout(): Layout {
    return this.#layout;
  }

  /** Pixels that an hour takes. */
  get pixels(): number {
    return this.#pixels;
  }


  show(layout: Layout, anchors: Anchors): void {
    [this.#layout, this.#anchors] = [layout, anchors];
    this.redraw();
  }

  /** Everything from the first hour to the last within the window. */
  fit(): void {
    this.#measure();
    const room = this.#wide - this.names - 8;
    this.#pixels = this.#bounded(room / Math.max(1, this.#layout.last - this.#layout.first));
    this.scroll.scrollLeft = 0;
    this.redraw();
  }

  /** So many times nearer; the hour in the middle (or at `inline` pixels from the start of the window) stays where it is. */
  zoom(times: number, inline = this.names + (this.#wide - this.names) / 2): void {
    const left = this.#to ?? Math.abs(this.scroll.scrollLeft);
    const at = (left + inline - this.names) / this.#pixels;
    this.#pixels = this.#bounded(this.#pixels * times);
    this.#to = Math.max(0, at * this.#pixels - inline + this.names);
    this.soon();
  }

  /** Everything at its new place once the scale has changed, however often since the last frame. */
  #rescale(to: number): void {
    this.#space.style.inlineSize = `${this.names + this.#width()}px`;
    for (const [at, made] of this.#rows) {
      const row = this.#layout.rows[at]!;
      const buttons = made.querySelectorAll<HTMLButtonElement>(".time-item");
      row.items.forEach((item, number) => this.#place(buttons[number]!, item, row));
    }
    this.#drawBands();
    this.scroll.scrollLeft = this.turned ? -to : to;
  }

  /** Draws before the next frame. */
  soon(): void {
    if (!this.#asked) {
      this.#asked = requestAnimationFrame(() => {
        this.#asked = 0;
        const to = this.#to;
        this.#to = null;
        if (to !== null) this.#rescale(to);
        this.#render();
      });
    }
  }

  /** Draws every row anew. */
  redraw(): void {
    const focused = this.#focusedRow();
    for (const row of this.#rows.values()) row.remove();
    this.#rows.clear();
    this.#space.style.blockSize = `${(this.#layout.rows.length + 1) * ROW}px`;
    this.#space.style.inlineSize = `${this.names + this.#width()}px`;
    this.#drawBands();
    this.#render();
    if (focused !== null) this.focus(focused.row, focused.id);
  }

  /** Every phase behind all rows of its lane. */
  #drawBands(): void {
    const rows = this.#layout.rows;
    this.#bands.replaceChildren(...rows.flatMap((row, at) => (row.sort === "bands" ? row.items : []).flatMap((item, number) => {
      const { from, to } = this.span(item, row);
      if (from === null || to === null) return [];
      const behind = rows.findLastIndex((other) => other.lane === row.lane);
      const band = make("i", { class: number % 2 ? "odd" : "even" });
      band.style.insetInlineStart = `${this.names + from}px`;
      band.style.inlineSize = `${to - from}px`;
      band.style.insetBlockStart = `${(at + 1) * ROW}px`;
      band.style.blockSize = `${(behind - at + 1) * ROW}px`;
      return [band];
    })));
  }

  /** One row drawn anew, where it is seen. */
  refresh(row: number): void {
    const focused = this.#focusedRow();
    const before = this.#rows.get(row);
    if (!before) return;
    const after = this.#row(row);
    before.replaceWith(after);
    this.#rows.set(row, after);
    if (focused?.row === row) this.focus(row, focused.id);
    this.#drawLinks();
  }

  /** Puts the focus on a thing, scrolled into view. */
  focus(row: number, id: string): void {
    const top = row * ROW, seen = this.#high - 2 * ROW;
    if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
    else if (top > this.scroll.scrollTop + seen) this.scroll.scrollTop = top - seen;
    this.#render();
    [...(this.#rows.get(row)?.querySelectorAll<HTMLElement>("button") ?? [])].find((one) => one.dataset["id"] === id)?.focus({ preventScroll: true });
  }

  /** Where a thing begins and ends, in pixels from the names; null ends are open or stand elsewhere. */
  span(item: Item, row: Row): { from: number | null; to: number | null } {
    const shown = this.preview?.item === item ? this.preview : item;
    const place = (stand: Stand | null): number | null => {
      const x = stand && hour(stand, row.lane, this.#anchors);
      return typeof x === "number" ? (x - this.#layout.first) * this.#pixels : null;
    };
    return { from: place(shown.start), to: place(shown.end) };
  }

  #bounded(pixels: number): number {
    return Math.min(MOST, WIDEST / Math.max(1, this.#layout.last - this.#layout.first), Math.max(LEAST, pixels));
  }

  #width(): number {
    return (this.#layout.last - this.#layout.first) * this.#pixels;
  }

  #focusedRow(): { row: number; id: string } | null {
    const button = document.activeElement instanceof HTMLElement && this.scroll.contains(document.activeElement) ? document.activeElement : null;
    const row = button?.closest<HTMLElement>("[data-row]");
    return button && row ? { row: Number(row.dataset["row"]), id: button.dataset["id"] ?? "" } : null;
  }

  #render(): void {
    this.#top = this.scroll.scrollTop;
    this.#left = Math.abs(this.scroll.scrollLeft);
    const first = Math.max(0, Math.floor(this.#top / ROW) - SPARE);
    const last = Math.min(this.#layout.rows.length - 1, Math.ceil((this.#top + (this.#high || 600)) / ROW) + SPARE);
    const kept = this.#focusedRow()?.row;
    for (const [at, row] of this.#rows) {
      if ((at < first || at > last) && at !== kept && at !== this.current) {
        row.remove();
        this.#rows.delete(at);
      }
    }
    const made = document.createDocumentFragment();
    for (let at = first; at <= last; at++) {
      if (!this.#rows.has(at)) {
        const row = this.#row(at);
        this.#rows.set(at, row);
        made.append(row);
      }
    }
    this.#space.append(made);
    this.#drawAxis();
    this.#drawLinks();
  }

  #row(at: number): HTMLElement {
    const row = this.#layout.rows[at]!;
    const made = make("div", { class: `time-row ${row.sort}`, "data-row": String(at) });
    made.style.insetBlockStart = `${(at + 1) * ROW}px`;
    const label = make("span", { class: "time-label", title: this.told.label(row) }, this.told.label(row));
    label.style.inlineSize = `${this.names}px`;
    made.append(label, ...row.items.map((item) => this.#item(item, row, at)));
    return made;
  }

  #item(item: Item, row: Row, at: number): HTMLButtonElement {
    const spoken = this.told.spoken(item, this.preview?.item === item ? this.preview : null);
    const made = make("button", { type: "button", class: `time-item ${item.sort} ${item.borne.side}`, "data-id": item.id, "aria-label": spoken, title: spoken, tabindex: at === this.current ? "0" : "-1" }, make("span", { class: "time-shape" }, make("span", { class: "time-words" })));
    made.classList.toggle("chosen", item.id === this.chosen);
    this.#place(made, item, row);
    this.told.made(made, item, at);
    return made;
  }

  /** Puts a thing where it stands in time; where only one end is known it fades out, where none is it stands at the end of the row. */
  #place(made: HTMLButtonElement, item: Item, row: Row): void {
    this.put(made, item, row);
    const { from, to } = this.span(item, row);
    made.classList.toggle("nowhere", from === null && to === null);
    made.classList.toggle("no-end", item.sort !== "mark" && from !== null && to === null);
    made.classList.toggle("no-start", from === null && to !== null);
  }

  /** As `#place` while it is on the move: only its own place and words change. */
  put(made: HTMLButtonElement, item: Item, row: Row): void {
    const { from, to } = this.span(item, row);
    const shown = this.preview?.item === item ? this.preview : item;
    const start = from ?? (to === null ? 0 : Math.max(0, to - OPEN));
    const nowhere = from === null && to === null;
    const size = item.sort === "mark" ? MARK : Math.max(LEAST_BAR, to === null ? OPEN : to - start);
    made.style.insetInlineStart = nowhere ? "" : `${this.names + start - (item.sort === "mark" ? MARK / 2 : 0)}px`;
    made.style.inlineSize = nowhere ? "" : `${Math.max(MARK, size)}px`;
    const shape = made.firstElementChild as HTMLElement;
    shape.style.inlineSize = nowhere || item.sort === "mark" ? "" : `${size}px`;
    const times = this.told.when(shown.start, shown.end);
    const words = item.sort === "mark" ? item.id.split("/").at(-1)! : item.sort === "band" ? item.title : size < WORDS && !nowhere ? "" : times;
    const place = shape.firstElementChild!;
    if (place.textContent !== words) place.textContent = words;
  }

  #drawAxis(): void {
    const from = this.#layout.first + this.#left / this.#pixels, to = from + this.#wide / this.#pixels;
    const language = tongue(), apart = step(this.#pixels);
    const top = this.#layout.rows[Math.min(this.#layout.rows.length - 1, Math.floor(this.#top / ROW))];
    const found = ticks(from, to, this.#pixels);
    const put = (element: HTMLElement, at: number): HTMLElement => {
      element.style.insetInlineStart = `${this.names + (at - this.#layout.first) * this.#pixels}px`;
      return element;
    };
    this.#axis.replaceChildren(...(top?.lane.dated ? found.map((tick) => put(make("span", { class: tick.major ? "major" : "" }, tickText(tick.hour, top.lane, apart, language)), tick.hour)) : []));
    this.#lines.replaceChildren(...found.map((tick) => put(make("i", { class: tick.major ? "major" : "" }), tick.hour)));
    for (const [at, row] of this.#rows) {
      const lane = this.#layout.rows[at];
      if (lane?.sort !== "lane" || !lane.lane.dated) continue;
      for (const old of row.querySelectorAll(".time-tick")) old.remove();
      row.append(...found.map((tick) => put(make("span", { class: "time-tick", "aria-hidden": "true" }, tickText(tick.hour, lane.lane, apart, language)), tick.hour)));
    }
  }

  /** Lines to what the chosen activity comes after, and from it to what comes after it. */
  #drawLinks(): void {
    const paths: SVGElement[] = [];
    const rows = this.#layout.rows;
    const at = this.chosen ? rows.findIndex((row) => row.sort === "bar" && row.items[0]?.id === this.chosen) : -1;
    if (at >= 0) {
      const chosen = rows[at]!.items[0]!;
      const seen = new Set<string>();
      rows.forEach((row, other) => {
        const item = row.sort === "bar" ? row.items[0] : undefined;
        if (!item || item === chosen || seen.has(item.id)) return;
        if (chosen.after.includes(item.id)) paths.push(...this.#link(other, at));
        else if (item.after.includes(chosen.id)) paths.push(...this.#link(at, other));
        else return;
        seen.add(item.id);
      });
    }
    this.#links.replaceChildren(...paths);
    if (!paths.length) return;
    this.#links.setAttribute("width", String(this.#wide));
    this.#links.setAttribute("height", String(this.#high));
    this.#links.style.insetBlockStart = `${this.#top}px`;
    this.#links.style.insetInlineStart = `${this.#left}px`;
  }

  #link(from: number, to: number): SVGElement[] {
    const one = this.#layout.rows[from]!, other = this.#layout.rows[to]!;
    const ends = this.span(one.items[0]!, one), starts = this.span(other.items[0]!, other);
    const x1 = ends.to ?? ends.from, x2 = starts.from ?? starts.to;
    if (x1 === null || x2 === null) return [];
    const across = (x: number): number => (this.turned ? this.#wide - (this.names + x - this.#left) : this.names + x - this.#left);
    const down = (row: number): number => (row + 1.5) * ROW - this.#top;
    const bend = this.turned ? -14 : 14;
    const early = one.lane === other.lane && x2 < x1;
    const line = `M${across(x1)} ${down(from)}h${bend}V${(down(from) + down(to)) / 2}H${across(x2) - bend}V${down(to)}H${across(x2)}`;
    return [draw("path", { d: line, class: early ? "time-link early" : "time-link" }), draw("circle", { cx: across(x2), cy: down(to), r: 4, class: early ? "time-link-end early" : "time-link-end" })];
  }
}

/** The page's language; in English, days stand before months as they do on every page. */
function tongue(): string {
  const page = document.documentElement.lang;
  return !page || page === "en" ? "en-GB" : page;
}
