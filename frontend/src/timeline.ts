/** Timelines: phases, decision points and activities, moved and stretched where they are ours. The table under each is written in alike. */
import { ask, sentenceOf, tell, tend } from "./lib/cells.ts";
import { elementOf, fetched, make, say, whose, type Borne, type Words } from "./lib/fill.ts";
import { layout, type Axis, type Grouping, type Item, type Row } from "./lib/lanes.ts";
import { later, read, seconds, type Anchors, type Stand } from "./lib/moments.ts";
import { CHANGED, each, type Changed } from "./lib/page.ts";
import { TimeView, type Preview } from "./lib/timeview.ts";

interface Bar extends Borne { what: string; start: Stand | null; end: Stand | null; phase: string; function: string; forces: string[]; after: string[] }
interface Data {
  words: Words;
  plan: Borne;
  anchors: Anchors;
  bands: { id: string; name: string; field: string; start: Stand | null; end: Stand | null }[];
  marks: { id: string; decision: string; authority: string; field: string; at: Stand | null }[];
  bars: Bar[];
  forces: Record<string, string>;
}
type Grip = "both" | "start" | "end";

const EDGE = 9;
const PAUSE = 900;
const SLACK = 4;

class Timeline {
  readonly #words: Words;
  readonly #items: Item[];
  readonly #titles: Map<string, string>;
  readonly #view: TimeView;
  readonly #panel = make("div", { class: "pic-panel", hidden: true });
  readonly #may: boolean;
  #axis: Axis;
  #grouping: Grouping = "phase";
  #waiting = 0;

  constructor(readonly room: HTMLElement, readonly data: Data) {
    this.#words = data.words;
    this.#may = room.dataset["edit"] === "yes";
    this.#items = itemsOf(data);
    this.#titles = new Map(data.bars.map((bar) => [bar.key, bar.title]));
    const hangs = this.#items.flatMap((item) => [item.start, item.end]).filter((stand) => stand?.on);
    const resolved = hangs.filter((stand) => seconds(stand!, data.anchors) !== null).length;
    this.#axis = !hangs.length ? "absolute" : "relative";
    this.#view = new TimeView({ label: (row) => this.#label(row), spoken: (item, preview) => this.#spoken(item, preview), when: (start, end) => this.#when(start, end), made: (button, item, row) => this.#made(button, item, row) });
    this.#view.scroll.setAttribute("role", "application");
    this.#view.scroll.setAttribute("aria-label", say(this.#words, "timeline"));
    room.replaceChildren(this.#tools(resolved > 0), this.#view.scroll, make("p", { class: "small soft pic-source" }, this.#may ? say(this.#words, "how") : ""), this.#panel);
    room.hidden = false;
    this.#lay();
    this.#view.current = Math.max(0, this.#view.layout.rows.findIndex((row) => row.items.length));
    this.#view.fit();
    this.#view.scroll.addEventListener("wheel", (event) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const box = this.#view.scroll.getBoundingClientRect();
        this.#view.zoom(Math.exp(-event.deltaY / 300), this.#view.turned ? box.right - event.clientX : event.clientX - box.left);
      }
    }, { passive: false });
    document.addEventListener(CHANGED, (event) => this.#changed((event as CustomEvent<Changed>).detail));
  }

  #tools(dated: boolean): HTMLElement {
    const said = (name: string): string => say(this.#words, name);
    const option = (value: string, name: string, chosen: boolean): HTMLElement => make("option", { value, selected: chosen }, said(name));
    const axis = make("select", { onchange: () => {
      this.#axis = axis.value as Axis;
      this.#lay();
      this.#view.fit();
    } }, option("relative", "relative", this.#axis === "relative"), option("absolute", "absolute", this.#axis === "absolute"));
    const group = make("select", { onchange: () => {
      this.#grouping = group.value as Grouping;
      this.#lay();
    } }, option("phase", "phase", true), option("function", "function", false), option("force", "force", false), option("", "noGroup", false));
    const button = (name: string, act: () => void): HTMLElement => make("button", { type: "button", onclick: act }, said(name));
    return make("div", { class: "pic-tools" }, button("zoomIn", () => this.#view.zoom(1.5)), button("zoomOut", () => this.#view.zoom(1 / 1.5)), button("fit", () => this.#view.fit()),
      ...(dated ? [make("label", {}, said("axis"), axis)] : []), make("label", {}, said("group"), group));
  }

  #lay(): void {
    const order = this.#grouping === "phase" ? this.data.bands.map((band) => this.#phase(band.id)) : [];
    this.#view.show(layout(this.#items, this.#axis, this.data.anchors, (item) => this.#groups(item), order), this.data.anchors);
  }

  #groups(item: Item): string[] {
    switch (this.#grouping) {
      case "phase": return [item.phase ? this.#phase(item.phase) : say(this.#words, "noPhase")];
      case "function": return [item.function || say(this.#words, "noFunction")];
      case "force": return item.forces.length ? item.forces.map((key) => this.data.forces[key] ?? key) : [say(this.#words, "noForce")];
      case "": return [""];
    }
  }

  #phase(id: string): string {
    const band = this.data.bands.find((one) => one.id === id);
    return band && band.name !== id ? `${id} ${band.name}` : id;
  }

  #label(row: Row): string {
    if (row.sort === "bands") return say(this.#words, "phases");
    if (row.sort === "marks") return say(this.#words, "points");
    if (row.sort !== "lane") return row.label;
    if (row.label === "none") return say(this.#words, "laneNone");
    if (row.label === "dates" || row.label === "calendar") return say(this.#words, "laneDates");
    return say(this.#words, row.label in this.data.anchors ? "laneOf" : "laneNoDate", row.label);
  }

  #when(start: Stand | null, end: Stand | null): string {
    if (!start && !end) return say(this.#words, "noTime");
    if (!end) return say(this.#words, "from", start!.text);
    return start ? say(this.#words, "span", start.text, end.text) : say(this.#words, "until", end.text);
  }

  #spoken(item: Item, preview: Preview | null): string {
    const { start, end } = preview ?? item;
    if (item.sort === "mark") return say(this.#words, "latest", item.title, start?.text ?? say(this.#words, "noTime"));
    return `${item.title}, ${this.#when(start, end)}, ${item.borne.whose}`;
  }

  #made(button: HTMLButtonElement, item: Item, row: number): void {
    button.addEventListener("focus", () => { this.#view.current = row; });
    button.addEventListener("click", () => this.#choose(item));
    button.addEventListener("keydown", (event) => this.#key(event, item, row));
    button.addEventListener("blur", () => {
      // A row drawn anew takes the focus along: only who leaves for something else ends a move.
      setTimeout(() => {
        const now = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["id"] : "";
        if (this.#waiting && this.#view.preview?.item === item && now !== item.id) void this.#commit();
      });
    });
    if (this.#may && item.borne.change && (item.start || item.end)) {
      button.classList.add("movable");
      button.addEventListener("pointerdown", (event) => this.#grip(event, button, item, row));
    }
  }

  #choose(item: Item): void {
    if (this.#view.chosen === item.id) return;
    this.#view.chosen = item.id;
    this.#view.redraw();
    this.#fillPanel(item);
  }

  #fillPanel(item: Item): void {
    const names = item.after.map((key) => this.#titles.get(key) ?? key);
    const facts = [this.#when(item.start, item.end), item.phase && this.#phase(item.phase), item.function, item.forces.map((key) => this.data.forces[key] ?? key).join(", "), names.length ? say(this.#words, "after", names.join(", ")) : "", ...this.#early(item)];
    const title = item.sort === "bar" ? make("a", { href: item.borne.href }, item.title) : make("span", {}, item.title);
    const parts = [make("p", { class: "lead" }, title, " ", whose(this.room, item.borne), ...(item.borne.marking ? [" ", make("span", { class: "marking small" }, item.borne.marking)] : [])), make("p", { class: "small" }, facts.filter(Boolean).join(" · "))];
    if (this.#may && !item.borne.change) parts.push(make("p", { class: "small soft" }, say(this.#words, "theirs")));
    this.#panel.hidden = false;
    this.#panel.replaceChildren(...parts, ...(this.#may && item.borne.change ? [this.#typed(item)] : []));
  }

  /** Both ends as text: what a drag says, typed. */
  #typed(item: Item): HTMLElement {
    const fields = [[item.startField, item.start?.text ?? "", "start"], ...(item.endField ? [[item.endField, item.end?.text ?? "", "end"]] : [])] as const;
    const inputs = fields.map(([, text, name]) => {
      const input = make("input", { type: "text", class: "pic-moment", value: text! });
      return [make("label", { class: "pic-metres-label" }, say(this.#words, item.sort === "mark" ? "latestShort" : name!), " ", input), input] as const;
    });
    return make("form", { class: "pic-form", onsubmit: (event) => {
      event.preventDefault();
      void this.#send(item, Object.fromEntries(fields.map(([field], at) => [field!, inputs[at]![1].value])), false);
    } }, ...inputs.map(([label]) => label), make("button", {}, say(this.#words, "save")));
  }

  #early(item: Item): string[] {
    return item.after.flatMap((key) => {
      const before = this.#items.find((one) => one.id === key);
      const ends = before?.end ?? before?.start;
      if (!item.start || !ends) return [];
      const one = item.start.on === ends.on && item.start.on ? [item.start.hours!, ends.hours!] : [seconds(item.start, this.data.anchors), seconds(ends, this.data.anchors)];
      return one[0] !== null && one[1] !== null && one[0]! < one[1]! ? [say(this.#words, "early", before!.title)] : [];
    });
  }

  #key(event: KeyboardEvent, item: Item, row: number): void {
    const turned = this.#view.turned ? -1 : 1;
    const across: Record<string, number> = { ArrowLeft: -turned, ArrowRight: turned };
    const along: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, PageUp: -12, PageDown: 12, Home: -Infinity, End: Infinity };
    if (event.ctrlKey || event.metaKey) return;
    if (event.key in across) this.#shift(item, row, event.shiftKey ? "end" : event.altKey ? "start" : "both", across[event.key]!);
    else if (event.key in along) this.#walk(item, row, along[event.key]!);
    else if (event.key === "Enter") this.#open(item);
    else if (event.key === "Escape") this.#putBack(row);
    else return;
    event.preventDefault();
  }

  #walk(item: Item, row: number, by: number): void {
    const all = this.#view.layout.rows.flatMap((one, at) => one.items.map((inside) => ({ at, inside })));
    const here = all.findIndex(({ at, inside }) => at === row && inside === item);
    const to = all[Math.max(0, Math.min(all.length - 1, here + by))];
    if (to) {
      this.#view.current = to.at;
      this.#view.focus(to.at, to.inside.id);
    }
  }

  #open(item: Item): void {
    void this.#commit().then(() => {
      if (item.sort === "bar") location.assign(item.borne.href);
      else this.#choose(item);
    });
  }

  #shift(item: Item, row: number, grip: Grip, days: number): void {
    if (!this.#may || !item.borne.change) {
      tell(this.room, say(this.#words, item.borne.change ? "readOnly" : "theirs"), true);
      return;
    }
    if (this.#view.preview && this.#view.preview.item !== item) void this.#commit();
    const hours = (item.start ?? item.end)?.on === "H" ? 1 : 24;
    const now = this.#view.preview ?? { item, start: item.start, end: item.end };
    if (!this.#preview(now, item, grip, days * hours)) return;
    this.#view.refresh(row);
    tell(this.room, say(this.#words, "moved", item.title, this.#when(this.#view.preview!.start, this.#view.preview!.end)));
    clearTimeout(this.#waiting);
    this.#waiting = window.setTimeout(() => void this.#commit(), PAUSE);
  }

  /** Whether there is anything to move by that grip; the preview is what it would then be. An end is never put before its start. */
  #preview(from: { start: Stand | null; end: Stand | null }, item: Item, grip: Grip, hours: number): boolean {
    const start = from.start && grip !== "end" ? later(from.start, hours) : from.start;
    const end = from.end && grip !== "start" ? later(from.end, hours) : from.end;
    if (start === from.start && end === from.end) return false;
    const comparable = start && end && (start.on ?? "") === (end.on ?? "");
    if (comparable && (start.on ? start.hours! > end.hours! : start.at! > end.at!)) return false;
    this.#view.preview = { item, start, end };
    return true;
  }

  #putBack(row: number): void {
    clearTimeout(this.#waiting);
    this.#waiting = 0;
    this.#view.preview = null;
    this.#view.refresh(row);
    tell(this.room, "");
  }

  #grip(event: PointerEvent, button: HTMLButtonElement, item: Item, row: number): void {
    if (event.button !== 0 || (event.pointerType === "touch" && this.#view.chosen !== item.id)) return;
    const box = button.firstElementChild!.getBoundingClientRect();
    const near = Math.min(EDGE, box.width / 4), turned = this.#view.turned;
    const left = event.clientX - box.left < near, right = box.right - event.clientX < near;
    const atStart = turned ? right : left, atEnd = turned ? left : right;
    const grip: Grip = item.sort === "mark" ? "both" : atStart && item.start ? "start" : atEnd && item.end ? "end" : "both";
    const from = { start: item.start, end: item.end };
    const snap = this.#view.pixels >= 10 || (item.start ?? item.end)?.on === "H" ? 1 : 24;
    let moved = false;
    const move = (next: PointerEvent): void => {
      const across = (next.clientX - event.clientX) * (turned ? -1 : 1);
      if (!moved && Math.abs(across) < SLACK) return;
      if (!moved) button.setPointerCapture(event.pointerId);
      moved = true;
      const hours = Math.round(across / this.#view.pixels / snap) * snap;
      if (hours === 0) this.#view.preview = { item, ...from };
      else this.#preview(from, item, grip, hours);
      this.#follow(button, item, row);
    };
    const stop = (): void => {
      button.removeEventListener("pointermove", move);
      button.removeEventListener("pointerup", up);
      button.removeEventListener("pointercancel", off);
      document.removeEventListener("keydown", escape, true);
    };
    const up = (): void => {
      stop();
      if (moved) void this.#commit();
    };
    const off = (): void => {
      stop();
      this.#putBack(row);
    };
    const escape = (next: KeyboardEvent): void => {
      if (next.key === "Escape") off();
    };
    button.addEventListener("pointermove", move);
    button.addEventListener("pointerup", up);
    button.addEventListener("pointercancel", off);
    document.addEventListener("keydown", escape, true);
  }

  /** The thing under the pointer goes with it: it alone is touched, whatever else stands in the row. */
  #follow(button: HTMLButtonElement, item: Item, row: number): void {
    this.#view.put(button, item, this.#view.layout.rows[row]!);
    button.classList.add("moving");
  }

  async #commit(): Promise<void> {
    clearTimeout(this.#waiting);
    this.#waiting = 0;
    const preview = this.#view.preview;
    if (!preview) return;
    const { item, start, end } = preview;
    const fields: Record<string, string> = {};
    if (start && start.text !== item.start?.text) fields[item.startField] = start.text;
    if (end && end.text !== item.end?.text) fields[item.endField] = end.text;
    if (Object.keys(fields).length) await this.#send(item, fields, true);
    if (this.#view.preview === preview) {
      this.#view.preview = null;
      this.#view.redraw();
    }
  }

  async #send(item: Item, fields: Record<string, string>, moved: boolean): Promise<void> {
    tell(this.room, say(this.#words, "saving"));
    const answer = await ask(item.borne.change, item.borne.version, fields);
    const good = answer.status === 200, sentence = sentenceOf(answer, this.room);
    tell(this.room, good || !moved ? sentence : say(this.#words, "back", sentence), !good);
  }

  #changed({ url, version, fields }: Changed): void {
    const element = elementOf(url);
    for (const item of this.#items) {
      if (!item.borne.change || elementOf(item.borne.change) !== element) continue;
      item.borne.version = version;
      item.start = read(fields[item.startField] ?? "");
      item.end = item.endField ? read(fields[item.endField] ?? "") : null;
      if (item.sort === "bar") Object.assign(item, { title: fields["title"] ?? item.title, phase: fields["phase"] ?? "", function: fields["function"] ?? "" });
      if (this.#view.preview?.item === item) this.#view.preview = null;
      if (this.#view.chosen === item.id) this.#fillPanel(item);
    }
    this.#lay();
  }
}

function itemsOf(data: Data): Item[] {
  const none = { phase: "", function: "", forces: [], after: [] };
  return [
    ...data.bands.map((band): Item => ({ ...none, sort: "band", id: `${data.plan.key}/${band.id}`, title: band.name === band.id ? band.id : `${band.id} ${band.name}`, borne: data.plan, startField: `${band.field}.start`, endField: `${band.field}.end`, start: band.start, end: band.end })),
    ...data.marks.map((mark): Item => ({ ...none, sort: "mark", id: `${data.plan.key}/${mark.id}`, title: `${mark.id} ${mark.decision}`, borne: data.plan, startField: `${mark.field}.ltiov`, endField: "", start: mark.at, end: null })),
    ...data.bars.map((bar): Item => ({ sort: "bar", id: bar.key, title: bar.title, borne: bar, startField: "window.start", endField: "window.end", start: bar.start, end: bar.end, phase: bar.phase, function: bar.function, forces: bar.forces, after: bar.after })),
  ];
}

tend();
each('.pic-room[data-picture="timeline"]', (room) => {
  void fetched<Data>(room.dataset["source"] ?? "").then((data) => {
    if (data) new Timeline(room, data);
    else tell(room, room.dataset["failed"] ?? "", true);
  });
});
