/** Maps: what stands where, its list, and own places drawn and changed. The table under each says the same and is written in alike. */
import { ask, sentenceOf, tell, tend } from "./lib/cells.ts";
import { elementOf, fetched, make, say, whose, type Words } from "./lib/fill.ts";
import { onLook } from "./lib/looks.ts";
import { Editor, type Drawable } from "./lib/mapedit.ts";
import { called, type Drawn } from "./lib/mapstyle.ts";
import { idOf, MapView } from "./lib/mapview.ts";
import { CHANGED, each, type Changed } from "./lib/page.ts";
import { read, write } from "./lib/place.ts";

interface Data { words: Words; features: Drawn[] }

const FORMS: Drawable[] = ["point", "circle", "corridor", "area"];
const LISTED = 30;
const STEP = 10;

class MapPicture {
  readonly #words: Words;
  readonly #drawn: Drawn[];
  readonly #view: MapView;
  readonly #editor: Editor;
  readonly #stage: HTMLElement;
  readonly #panel = make("div", { class: "pic-panel", hidden: true });
  readonly #list = make("ul", { class: "pic-list" });
  readonly #may: boolean;
  #chosen: Drawn | null = null;
  #listed = LISTED;
  #find = "";

  constructor(readonly room: HTMLElement, data: Data) {
    this.#words = data.words;
    this.#drawn = data.features;
    this.#may = room.dataset["edit"] === "yes";
    const say_ = (name: string): string => say(this.#words, name);
    const pointer = make("span", { class: "pic-pointer", "aria-hidden": "true" });
    this.#stage = make("div", { class: "pic-map", tabindex: "0", role: "application", "aria-label": say_("map") });
    const cross = make("div", { class: "pic-cross", "aria-hidden": "true" });
    room.replaceChildren(
      make("div", { class: "pic-tools" }, this.#button("zoomIn", () => this.#view.zoom(1)), this.#button("zoomOut", () => this.#view.zoom(-1)), this.#button("fit", () => this.#view.fit()), pointer),
      make("div", { class: "pic-mapped" }, make("div", { class: "pic-stage" }, this.#stage, cross), this.#aside()),
      make("p", { class: "small soft pic-source" }, say_("attribution")),
      this.#panel,
    );
    room.hidden = false;
    this.#view = new MapView(this.#stage, { far: room.dataset["landFar"] ?? "", near: room.dataset["landNear"] ?? "" }, this.#drawn.length);
    this.#editor = new Editor(this.#view, () => this.#edited());
    this.#view.show(this.#drawn);
    this.#view.fit();
    this.#fillList();
    this.#listen(pointer);
  }

  #listen(pointer: HTMLElement): void {
    const map = this.#view.map;
    map.on("pointermove", (event) => {
      pointer.textContent = say(this.#words, "pointer", this.#view.spotAt(event.pixel));
      this.#stage.classList.toggle("over", !event.dragging && this.#editor.mode === "idle" && this.#view.at(event.pixel) !== null);
    });
    map.on("click", (event) => {
      if (this.#editor.mode === "idle") this.#choose(this.#view.at(event.pixel));
    });
    this.#stage.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    document.addEventListener(CHANGED, (event) => this.#changed((event as CustomEvent<Changed>).detail));
    onLook(() => this.#editor.restyle());
  }

  #button(name: string, act: () => void, kind = ""): HTMLButtonElement {
    return make("button", { type: "button", class: kind, onclick: act }, say(this.#words, name));
  }

  #aside(): HTMLElement {
    const drawn = this.#drawn.filter((one) => !one.unlisted && (one.points.length || (this.#may && one.change))).length;
    const find = make("input", { type: "search", "aria-label": say(this.#words, "find"), placeholder: say(this.#words, "find"), oninput: () => {
      this.#find = find.value.toLocaleLowerCase();
      this.#fillList();
    } });
    return make("div", { class: "pic-aside" }, make("p", { class: "strong small" }, say(this.#words, "list", drawn)), ...(drawn > 12 ? [find] : []), this.#list);
  }

  #fillList(): void {
    const wanted = this.#drawn.filter((one) => !one.unlisted && (one.points.length || (this.#may && one.change)) && this.#matches(one));
    const items = wanted.slice(0, this.#listed).map((one) => {
      const where = one.points.length ? one.text : one.form === "named" ? one.text : say(this.#words, "empty");
      const button = make("button", { type: "button", "data-id": idOf(one), "aria-pressed": String(one === this.#chosen), onclick: () => this.#choose(one), onfocus: () => this.#view.reveal(idOf(one)) },
        make("span", { class: "strong" }, one.row ? `${one.row}, ${called(one)}` : called(one)), whose(this.room, one), make("span", { class: "small soft" }, `${one.kindWord}, ${one.label}: ${where.length > 60 ? `${where.slice(0, 59)}…` : where}`));
      return make("li", {}, button);
    });
    if (wanted.length > this.#listed) {
      const more = this.#button("listMore", () => {
        this.#listed = wanted.length;
        this.#fillList();
      });
      more.textContent = say(this.#words, "listMore", wanted.length);
      items.push(make("li", {}, more));
    }
    if (!items.length) items.push(make("li", { class: "empty" }, say(this.#words, "none")));
    this.#list.replaceChildren(...items);
  }

  #matches(one: Drawn): boolean {
    return !this.#find || [one.title, one.short ?? "", one.row, one.kindWord, one.text, one.party].join(" ").toLocaleLowerCase().includes(this.#find);
  }

  #choose(drawn: Drawn | null): void {
    if (this.#editor.mode !== "idle") this.#editor.stop();
    this.#chosen = drawn;
    for (const one of this.#list.querySelectorAll<HTMLElement>("button[data-id]")) one.setAttribute("aria-pressed", String(drawn !== null && one.dataset["id"] === idOf(drawn)));
    this.#mark();
    this.#fillPanel();
  }

  #mark(): void {
    const id = this.#chosen ? idOf(this.#chosen) : "";
    this.#view.mark(id, this.#editor.mode === "idle" ? "" : id);
  }

  /** What is chosen, where it leads, and where it is ours how its place is drawn, changed or typed. */
  #fillPanel(): void {
    const one = this.#chosen;
    this.#panel.hidden = one === null;
    if (!one) return;
    const title = make("p", { class: "lead" }, make("a", { href: one.href }, one.title), " ", whose(this.room, one), ...(one.marking ? [" ", make("span", { class: "marking small" }, one.marking)] : []));
    const where = make("p", { class: "small" }, `${one.kindWord}, ${one.label}${one.row ? ` ${one.row}` : ""}: ${one.text || say(this.#words, "empty")}`);
    const more = !this.#may ? [] : one.change ? this.#ways(one) : [make("p", { class: "small soft" }, say(this.#words, "theirs"))];
    this.#panel.replaceChildren(title, where, ...more);
  }

  #ways(one: Drawn): HTMLElement[] {
    const mode = this.#editor.mode;
    const said = (name: string): string => say(this.#words, name);
    if (mode === "drawing") {
      const how = make("p", { class: "small" }, said(`${this.#form}.how`));
      return [how, make("div", { class: "actions" }, this.#button("finish", () => this.#editor.end(), "main"), this.#button("cancel", () => this.#cancel()))];
    }
    if (mode === "changing") {
      const place = this.#editor.place;
      const wide = place?.form === "circle" ? "radius" : place?.form === "corridor" ? "halfWidth" : "";
      const how = make("p", { class: "small" }, said("edit.how"));
      const now = make("p", { class: "code small", "data-now": true }, place ? write(place) : "");
      return [how, now, make("div", { class: "actions" }, ...(wide && place ? [this.#metres(wide, place.metres, (metres) => this.#editor.widen(metres))] : []), this.#button("save", () => void this.#save(), "main"), this.#button("cancel", () => this.#cancel()))];
    }
    const shape = make("select", { "aria-label": said("shape") }, ...FORMS.map((form) => {
      const option = make("option", { value: form }, said(form));
      option.selected = form === this.#form;
      return option;
    }));
    if (one.form === "corridor") this.#width = one.metres;
    const width = this.#metres("halfWidth", this.#width, (metres) => { this.#width = metres; });
    const fits = (): void => {
      this.#form = shape.value as Drawable;
      width.hidden = this.#form !== "corridor";
    };
    shape.addEventListener("change", fits);
    if (one.points.length) shape.value = one.form;
    fits();
    const typed = make("input", { type: "text", "aria-label": `${said("typed")}: ${one.label}`, value: one.text });
    typed.value = one.text;
    const form = make("form", { class: "pic-form", onsubmit: (event) => {
      event.preventDefault();
      void this.#send(one, typed.value, false);
    } }, typed, make("button", {}, said("saveTyped")));
    const change = one.points.length ? [this.#button("edit", () => this.#editor.change(read(one.text)))] : [];
    return [make("div", { class: "actions" }, ...change, shape, width, this.#button("draw", () => {
      this.#editor.draw(this.#form, this.#width, one.name);
      this.#stage.focus();
    })), form];
  }

  #form: Drawable = "point";
  #width = 1_000;

  #metres(name: string, metres: number, act: (metres: number) => void): HTMLElement {
    const input = make("input", { type: "number", min: "1", max: "20000000", step: "any", class: "pic-metres", value: String(Math.round(metres)) });
    input.addEventListener("change", () => {
      if (input.valueAsNumber >= 1) act(Math.round(input.valueAsNumber));
    });
    return make("label", { class: "pic-metres-label" }, say(this.#words, name), " ", input);
  }

  /** Told by the editor whenever something of it changed. */
  #edited(): void {
    this.#mark();
    this.room.classList.toggle("drawing", this.#editor.mode === "drawing");
    const now = this.#panel.querySelector("[data-now]");
    const place = this.#editor.place;
    if (this.#editor.mode === "changing" && now && place) {
      now.textContent = write(place);
      const metres = this.#panel.querySelector<HTMLInputElement>(".pic-metres");
      if (metres && document.activeElement !== metres) metres.value = String(Math.round(place.metres));
    } else {
      this.#fillPanel();
    }
  }

  #cancel(): void {
    this.#editor.stop();
    this.#stage.focus();
  }

  #key(event: KeyboardEvent): void {
    const mode = this.#editor.mode;
    const acts: Record<string, () => void> = mode === "drawing"
      ? { " ": () => this.#editor.corner(), Enter: () => (this.#form === "point" ? this.#editor.corner() : this.#editor.end()), Backspace: () => this.#editor.back(), Escape: () => this.#cancel() }
      : mode === "changing"
        ? {
          Enter: () => void this.#save(), Escape: () => this.#cancel(),
          ArrowLeft: () => this.#editor.nudge(-STEP, 0), ArrowRight: () => this.#editor.nudge(STEP, 0), ArrowUp: () => this.#editor.nudge(0, -STEP), ArrowDown: () => this.#editor.nudge(0, STEP),
        }
        : { Escape: () => this.#choose(null) };
    const act = acts[event.key];
    if (act) {
      event.preventDefault();
      if (mode !== "idle") event.stopPropagation();
      act();
    }
  }

  async #save(): Promise<void> {
    const place = this.#editor.place;
    if (this.#chosen && place) await this.#send(this.#chosen, write(place), true);
  }

  async #send(one: Drawn, text: string, drawn: boolean): Promise<void> {
    tell(this.room, say(this.#words, "saving"));
    const answer = await ask(one.change, one.version, { [one.field]: text });
    const sentence = sentenceOf(answer, this.room);
    const good = answer.status === 200;
    if (drawn) this.#editor.stop();
    if (good) this.#fillPanel();
    tell(this.room, good || !drawn ? sentence : say(this.#words, "back", sentence), !good);
    if (drawn) this.#stage.focus();
  }

  #changed({ url, version, fields }: Changed): void {
    const element = elementOf(url);
    for (const one of this.#drawn) {
      if (!one.change || elementOf(one.change) !== element) continue;
      const text = fields[one.field] ?? "";
      Object.assign(one, { version, title: fields["title"] ?? one.title, text, ...read(text) });
      if (one.kind === "force") Object.assign(one, { sidc: fields["sidc"], short: fields["short_name"] });
      this.#view.redraw(one);
    }
    this.#fillList();
    if (this.#editor.mode === "idle") this.#fillPanel();
    this.#mark();
  }
}

tend();
each('.pic-room[data-picture="map"]', (room) => {
  void fetched<Data>(room.dataset["source"] ?? "").then((data) => {
    if (data) new MapPicture(room, data);
    else tell(room, room.dataset["failed"] ?? "", true);
  });
});
