/** Trees of rows: branches of a scenario, task organisation of a plan; hung elsewhere and put in order by drag or keyboard. The table under each does the same. */
import { ask, sentenceOf, tell, tend } from "./lib/cells.ts";
import { draw, elementOf, fetched, make, say, type Borne, type Words } from "./lib/fill.ts";
import { CHANGED, each, type Changed } from "./lib/page.ts";
import { exchanged, reordered, seen, under, type Twig } from "./lib/rows.ts";

interface Data { words: Words; of: Borne; field: string; above: string; twigs: Twig[] }

/** Beyond so many lines, what hangs on a line starts out folded. */
const MANY = 200;
/** So many lines stand in the page at first; the rest follow when they are asked for. */
const SHOWN = 400;

class Tree {
  #data: Data;
  #folded = new Set<string>();
  #current = "";
  #shown = SHOWN;
  readonly #may: boolean;
  readonly #list = make("ul", { class: "tree-lines", role: "tree" });
  readonly #top: HTMLElement;

  constructor(readonly room: HTMLElement, data: Data) {
    this.#data = data;
    this.#may = room.dataset["edit"] === "yes" && data.of.change !== "";
    const said = (name: string): string => say(data.words, name);
    this.#list.setAttribute("aria-label", said("tree"));
    this.#top = make("div", { class: "tree-top", hidden: !this.#may }, said("top"));
    const button = (name: string, act: () => void): HTMLElement => make("button", { type: "button", onclick: act }, said(name));
    room.replaceChildren(
      make("div", { class: "pic-tools" }, button("openAll", () => this.#fold(false)), button("foldAll", () => this.#fold(true))),
      make("div", { class: "tree-room" }, this.#top, this.#list),
      make("p", { class: "small soft pic-source" }, this.#may ? said("how") : ""),
    );
    room.hidden = false;
    if (data.twigs.length > MANY) this.#foldParents();
    this.#current = data.twigs[0]?.id ?? "";
    this.#draw();
    this.#takesDrops(this.#top, "");
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener(CHANGED, (event) => {
      if (elementOf((event as CustomEvent<Changed>).detail.url) === elementOf(this.#data.of.change)) void this.#again();
    });
  }

  /** The rows as they now stand, and the table with them: a move can change every row's place. */
  async #again(): Promise<void> {
    const data = await fetched<Data>(this.room.dataset["source"] ?? "");
    if (!data) return;
    this.#data = data;
    if (!data.twigs.some((twig) => twig.id === this.#current)) this.#current = data.twigs[0]?.id ?? "";
    this.#draw();
    await this.#table();
  }

  async #table(): Promise<void> {
    const table = document.getElementById(this.room.dataset["table"] ?? "");
    const holder = table?.matches("details") ? table.querySelector(":scope > div") : null;
    if (!table || !holder) return;
    const focused = holder.contains(document.activeElement) ? document.activeElement : null;
    const row = focused?.closest("tr")?.getAttribute("data-row"), label = focused?.getAttribute("aria-label"), tag = focused?.tagName;
    const said = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await said.text(), "text/html");
    const fresh = page.getElementById(table.id)?.querySelector(":scope > div");
    if (!fresh) return;
    const left = focused !== null && document.activeElement !== focused;
    holder.replaceChildren(...fresh.childNodes);
    if (left) return;
    const again = [...holder.querySelectorAll<HTMLElement>("tr")].find((one) => row && one.dataset["row"] === row);
    const control = [...(again?.querySelectorAll<HTMLElement>("select,input,button") ?? [])];
    (control.find((one) => label && one.getAttribute("aria-label") === label) ?? (focused ? control.find((one) => one.tagName === tag) : undefined))?.focus();
  }

  #foldParents(): void {
    this.#folded = new Set(this.#data.twigs.map((twig) => twig.above).filter(Boolean));
  }

  #fold(all: boolean): void {
    if (all) this.#foldParents();
    else this.#folded.clear();
    this.#shown = SHOWN;
    this.#draw();
  }

  #draw(): void {
    const focused = this.#list.contains(document.activeElement);
    const { twigs, words } = this.#data;
    const parents = new Set(twigs.map((twig) => twig.above));
    const lines = seen(twigs, this.#folded);
    if (!lines.some((twig) => twig.id === this.#current)) this.#current = lines[0]?.id ?? "";
    const cut = lines.slice(0, this.#shown);
    const siblings = new Map<string, Twig[]>();
    for (const twig of twigs) siblings.set(twig.above, [...(siblings.get(twig.above) ?? []), twig]);
    const items = cut.map((twig) => this.#line(twig, parents.has(twig.id), siblings.get(twig.above)!));
    if (lines.length > cut.length) {
      items.push(make("li", { role: "none" }, make("button", { type: "button", onclick: () => {
        this.#shown += SHOWN;
        this.#draw();
      } }, say(words, "more", lines.length - cut.length))));
    }
    this.#list.replaceChildren(...(items.length ? items : [make("li", { class: "empty", role: "none" }, say(words, "none"))]));
    if (focused) this.#item(this.#current)?.focus();
  }

  #line(twig: Twig, parent: boolean, siblings: Twig[]): HTMLElement {
    const open = parent && !this.#folded.has(twig.id);
    const line = make("li", {
      role: "treeitem", class: "tree-line", tabindex: twig.id === this.#current ? "0" : "-1", "data-id": twig.id,
      "aria-level": String(twig.depth), "aria-setsize": String(siblings.length), "aria-posinset": String(siblings.indexOf(twig) + 1),
      onfocus: () => this.#turnTo(twig.id), onclick: () => this.#click(twig, parent), draggable: this.#may ? "true" : "false",
    });
    if (parent) line.setAttribute("aria-expanded", String(open));
    line.style.paddingInlineStart = `${(twig.depth - 1) * 1.6 + 0.5}rem`;
    line.append(
      make("span", { class: "tree-fold", "aria-hidden": "true" }, parent ? (open ? "–" : "+") : ""),
      make("span", { class: "code tree-id" }, twig.id), " ", make("span", { class: "tree-title" }, twig.title),
      ...(twig.sort === "sequel" ? [make("span", { class: "small soft" }, `(${say(this.#data.words, "sequel")})`)] : []),
      ...(twig.detail ? [make("span", { class: "small soft tree-detail" }, twig.detail)] : []),
      ...(twig.forceTitle && twig.forceTitle !== twig.title ? [make("span", { class: "small soft" }, twig.forceTitle)] : []),
      ...this.#likelihood(twig),
    );
    if (this.#may) this.#drags(line, twig);
    return line;
  }

  #likelihood(twig: Twig): HTMLElement[] {
    if (this.#data.field !== "branches") return [];
    if (twig.low === null || twig.high === null) return [make("span", { class: "small soft tree-likely" }, say(this.#data.words, "unjudged"))];
    const bar = draw("svg", { class: "pic-range", width: 96, height: 10, "aria-hidden": "true" });
    bar.append(draw("rect", { class: "pic-scale", x: 0, y: 4, width: "100%", height: 2 }), draw("rect", { class: "pic-fill", x: `${twig.low}%`, y: 0, width: `${Math.max(1, twig.high - twig.low)}%`, height: 10 }));
    return [make("span", { class: "small tree-likely" }, make("span", {}, say(this.#data.words, "likelihood", twig.likelihood, twig.low, twig.high)), bar as Node as HTMLElement)];
  }

  #item(id: string): HTMLElement | null {
    return [...this.#list.children].find((one): one is HTMLElement => one instanceof HTMLElement && one.dataset["id"] === id) ?? null;
  }

  #turnTo(id: string): void {
    if (id === this.#current) return;
    this.#item(this.#current)?.setAttribute("tabindex", "-1");
    this.#current = id;
    this.#item(id)?.setAttribute("tabindex", "0");
  }

  #click(twig: Twig, parent: boolean): void {
    this.#turnTo(twig.id);
    if (parent) this.#toggle(twig.id);
  }

  #toggle(id: string, fold = !this.#folded.has(id)): void {
    if (fold) this.#folded.add(id);
    else this.#folded.delete(id);
    this.#draw();
    this.#item(this.#current)?.focus();
  }

  #key(event: KeyboardEvent): void {
    const twig = this.#data.twigs.find((one) => one.id === this.#current);
    if (!twig || event.ctrlKey || event.metaKey || (event.target as HTMLElement).tagName === "BUTTON") return;
    const turned = getComputedStyle(this.#list).direction === "rtl";
    const key = turned && event.key === "ArrowLeft" ? "ArrowRight" : turned && event.key === "ArrowRight" ? "ArrowLeft" : event.key;
    if (event.altKey ? this.#moveBy(key, twig) : this.#go(key, twig)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** Goes as the practices for trees say; whether the key meant anything. */
  #go(key: string, twig: Twig): boolean {
    const lines = seen(this.#data.twigs, this.#folded).slice(0, this.#shown), at = lines.indexOf(twig);
    const below = under(this.#data.twigs, twig.id);
    const to = (other: Twig | undefined): boolean => {
      this.#item(other?.id ?? "")?.focus();
      return true;
    };
    switch (key) {
      case "ArrowDown": return to(lines[at + 1]);
      case "ArrowUp": return to(lines[at - 1]);
      case "Home": return to(lines[0]);
      case "End": return to(lines.at(-1));
      case "ArrowRight":
        if (below.length && this.#folded.has(twig.id)) this.#toggle(twig.id, false);
        else to(below[0]);
        return true;
      case "ArrowLeft":
        if (below.length && !this.#folded.has(twig.id)) this.#toggle(twig.id, true);
        else to(lines.find((one) => one.id === twig.above));
        return true;
      case "Enter": case " ":
        if (below.length) this.#toggle(twig.id);
        return true;
      default: return this.#letter(key, lines, at);
    }
  }

  #letter(key: string, lines: Twig[], at: number): boolean {
    if (key.length !== 1 || key === " ") return false;
    const wanted = key.toLocaleLowerCase();
    const found = [...lines.slice(at + 1), ...lines.slice(0, at)].find((twig) => [twig.id, twig.title].some((text) => text.toLocaleLowerCase().startsWith(wanted)));
    if (found) this.#item(found.id)?.focus();
    return found !== undefined;
  }

  #moveBy(key: string, twig: Twig): boolean {
    const beside = under(this.#data.twigs, twig.above), at = beside.indexOf(twig);
    const above = this.#data.twigs.find((one) => one.id === twig.above);
    if (!["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(key)) return false;
    if (!this.#may) tell(this.room, say(this.#data.words, this.#data.of.change ? "readOnly" : "theirs"), true);
    else if (key === "ArrowUp") this.#exchange(twig, beside[at - 1], "first");
    else if (key === "ArrowDown") this.#exchange(twig, beside[at + 1], "last");
    else if (key === "ArrowLeft") this.#rise(twig, above);
    else if (beside[at - 1]) void this.#hang(twig, beside[at - 1]!.id);
    else tell(this.room, say(this.#data.words, "lowest"));
    return true;
  }

  #rise(twig: Twig, above: Twig | undefined): void {
    if (above) void this.#hang(twig, above.above);
    else tell(this.room, say(this.#data.words, "highest"));
  }

  #exchange(twig: Twig, other: Twig | undefined, otherwise: string): void {
    if (other) void this.#send(exchanged(this.#data.field, twig, other));
    else tell(this.room, say(this.#data.words, otherwise));
  }

  async #hang(twig: Twig, on: string): Promise<void> {
    if (on) this.#folded.delete(on);
    await this.#send({ [`${this.#data.field}.${twig.at}.${this.#data.above}`]: on });
  }

  /** What succeeds comes back as a change told to the page; what is refused leaves the tree as it stands. */
  async #send(fields: Record<string, string>): Promise<void> {
    tell(this.room, say(this.#data.words, "saving"));
    const answer = await ask(this.#data.of.change, this.#data.of.version, fields);
    const sentence = sentenceOf(answer, this.room), good = answer.status === 200;
    tell(this.room, good ? sentence : say(this.#data.words, "back", sentence), !good);
  }

  #drags(line: HTMLElement, twig: Twig): void {
    line.addEventListener("dragstart", (event) => {
      event.dataTransfer?.setData("text/plain", twig.id);
      this.room.dataset["dragged"] = twig.id;
      line.classList.add("dragged");
    });
    line.addEventListener("dragend", () => {
      delete this.room.dataset["dragged"];
      line.classList.remove("dragged");
    });
    this.#takesDrops(line, twig.id);
  }

  /** A drop on the upper or lower rim of a line with the same line above changes the order; anywhere else it hangs there. */
  #takesDrops(place: HTMLElement, id: string): void {
    const mark = (event: DragEvent | null): void => {
      place.classList.toggle("drop", event !== null && this.#where(event, place) === 0);
      place.classList.toggle("drop-before", event !== null && this.#where(event, place) < 0);
      place.classList.toggle("drop-behind", event !== null && this.#where(event, place) > 0);
    };
    place.addEventListener("dragover", (event) => {
      if (this.room.dataset["dragged"]) {
        event.preventDefault();
        mark(event);
      }
    });
    place.addEventListener("dragleave", () => mark(null));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      const where = this.#where(event, place);
      mark(null);
      this.#dropped(this.room.dataset["dragged"] ?? "", id, where);
    });
  }

  #where(event: DragEvent, place: HTMLElement): number {
    if (place === this.#top) return 0;
    const box = place.getBoundingClientRect(), at = (event.clientY - box.top) / box.height;
    return at < 0.22 ? -1 : at > 0.78 ? 1 : 0;
  }

  #dropped(dragged: string, on: string, where: number): void {
    const { twigs, field } = this.#data;
    const twig = twigs.find((one) => one.id === dragged), target = twigs.find((one) => one.id === on);
    if (!twig || dragged === on) return;
    this.#current = dragged;
    if (!target || where === 0 || target.above !== twig.above) {
      const above = !target || where === 0 ? on : target.above;
      if (above !== twig.above) void this.#hang(twig, above);
      return;
    }
    void this.#send(reordered(field, under(twigs, twig.above), twig, target, where));
  }
}

tend();
each('.pic-room[data-picture="tree"]', (room) => {
  void fetched<Data>(room.dataset["source"] ?? "").then((data) => {
    if (data) new Tree(room, data);
    else tell(room, room.dataset["failed"] ?? "", true);
  });
});
