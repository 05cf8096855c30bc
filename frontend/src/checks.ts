/** The area of a private check, drawn on a map of our own activities. It fills the table of corners beside it, which says the same and is what is sent. */
import { tell } from "./lib/cells.ts";
import { fetched, make, say, type Words } from "./lib/fill.ts";
import { Editor } from "./lib/mapedit.ts";
import type { Drawn } from "./lib/mapstyle.ts";
import { MapView } from "./lib/mapview.ts";
import { each } from "./lib/page.ts";
import { spot, write, type LonLat, type Place } from "./lib/place.ts";

interface Data { words: Words; features: Drawn[]; area: Drawn }

const STEP = 10;

class AreaPicture {
  readonly #words: Words;
  readonly #view: MapView;
  readonly #editor: Editor;
  readonly #stage: HTMLElement;
  readonly #panel = make("div", { class: "pic-panel", hidden: true });
  readonly #form: HTMLFormElement;
  #shape: "circle" | "area" = "area";

  constructor(readonly room: HTMLElement, readonly data: Data) {
    this.#words = data.words;
    this.#form = room.closest("form")!;
    this.#stage = make("div", { class: "pic-map", tabindex: "0", role: "application", "aria-label": this.#said("map"), "data-own-keys": true });
    const cross = make("div", { class: "pic-cross", "aria-hidden": "true" });
    const pointer = make("span", { class: "pic-pointer", "aria-hidden": "true" });
    room.replaceChildren(
      make("div", { class: "pic-tools" }, this.#button("drawArea", () => this.#draw("area"), "main"), this.#button("drawCircle", () => this.#draw("circle")), this.#button("edit", () => this.#change()), this.#button("zoomIn", () => this.#view.zoom(1)), this.#button("zoomOut", () => this.#view.zoom(-1)), this.#button("fit", () => this.#view.fit()), pointer),
      make("div", { class: "pic-mapped alone" }, make("div", { class: "pic-stage" }, this.#stage, cross)),
      make("p", { class: "small soft pic-source" }, this.#said("attribution")),
      this.#panel,
    );
    room.hidden = false;
    this.#view = new MapView(this.#stage, { far: room.dataset["landFar"] ?? "", near: room.dataset["landNear"] ?? "" }, data.features.length);
    this.#editor = new Editor(this.#view, () => this.#edited());
    this.#view.map.on("pointermove", (event) => { pointer.textContent = say(this.#words, "pointer", this.#view.spotAt(event.pixel)); });
    this.#stage.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    this.#form.addEventListener("input", (event) => {
      if ((event.target as HTMLElement).closest("[data-corners], #id_radius_km")) this.#show();
    });
    this.#show();
    this.#view.fit();
  }

  #said(name: string): string {
    return say(this.#words, name);
  }

  #button(name: string, act: () => void, kind = ""): HTMLButtonElement {
    return make("button", { type: "button", class: kind, onclick: act }, this.#said(name));
  }

  /** Our activities, and over them the area as the table has it. */
  #show(): void {
    const place = this.#typed();
    this.#view.show([...this.data.features, ...(place ? [{ ...this.data.area, ...place, text: write(place) }] : [])]);
  }

  #rows(): HTMLTableRowElement[] {
    return [...this.#form.querySelectorAll<HTMLTableRowElement>("[data-corners] tbody tr")];
  }

  #inputs(row: HTMLTableRowElement): [HTMLInputElement, HTMLInputElement] {
    return [row.querySelector<HTMLInputElement>('input[name="lat"]')!, row.querySelector<HTMLInputElement>('input[name="lon"]')!];
  }

  #radius(): HTMLInputElement {
    return this.#form.querySelector<HTMLInputElement>("#id_radius_km")!;
  }

  /** The area that the table says; null where it says none. */
  #typed(): Place | null {
    const points: LonLat[] = [];
    for (const row of this.#rows()) {
      const [lat, lon] = this.#inputs(row).map((input) => (input.value.trim() ? Number(input.value) : NaN));
      if (Number.isFinite(lat) && Number.isFinite(lon) && Math.abs(lat!) <= 90 && Math.abs(lon!) <= 180) points.push([lon!, lat!]);
    }
    const metres = Number(this.#radius().value) * 1_000;
    if (points.length === 1 && metres > 0) return { form: "circle", name: "", points, metres };
    return points.length >= 3 ? { form: "area", name: "", points, metres: 0 } : null;
  }

  /** Writes a place into the table, and says that the form was changed. */
  #write(place: Place): void {
    const rows = this.#rows();
    for (let at = rows.length; at < place.points.length; at += 1) {
      const row = rows.at(-1)!.cloneNode(true) as HTMLTableRowElement;
      row.querySelector("th")!.textContent = say(this.#words, "corner", at + 1);
      this.#inputs(row).forEach((input, which) => input.setAttribute("aria-label", say(this.#words, which ? "lonOf" : "latOf", at + 1)));
      rows.at(-1)!.after(row);
      rows.push(row);
    }
    rows.forEach((row, at) => {
      const [lat, lon] = place.points[at] ? spot(place.points[at]!, 5).split(", ") : ["", ""];
      const [first, second] = this.#inputs(row);
      [first.value, second.value] = [lat!, lon!];
    });
    this.#radius().value = place.form === "circle" ? String(Math.max(0.1, Math.round(place.metres / 100) / 10)) : "";
    const drawn = this.#form.querySelector<HTMLInputElement>('input[name="area_from"][value="drawn"]');
    if (drawn) drawn.checked = true;
    this.#show();
    this.#form.dispatchEvent(new Event("change", { bubbles: true }));
    tell(this.room, say(this.#words, "taken", write(place)));
  }

  #draw(shape: "circle" | "area"): void {
    this.#shape = shape;
    this.#editor.draw(shape, 50_000, "");
    this.#stage.focus();
  }

  #change(): void {
    const place = this.#typed();
    if (place) this.#editor.change(place);
    else tell(this.room, this.#said("nothing"), true);
    this.#stage.focus();
  }

  #take(): void {
    const place = this.#editor.place;
    this.#editor.stop();
    if (place) this.#write(place);
    this.#stage.focus();
  }

  #cancel(): void {
    this.#editor.stop();
    this.#stage.focus();
  }

  /** Told by the editor whenever something of it changed. */
  #edited(): void {
    const { mode, place } = this.#editor;
    this.room.classList.toggle("drawing", mode === "drawing");
    this.#view.mark("", mode === "idle" ? "" : `${this.data.area.key} ${this.data.area.field}`);
    this.#panel.hidden = mode === "idle";
    if (mode === "idle") return;
    const how = make("p", { class: "small" }, this.#said(mode === "drawing" ? `${this.#shape}.how` : "edit.how"));
    const now = make("p", { class: "code small" }, place ? write(place) : "");
    const end = mode === "drawing" ? this.#button("finish", () => this.#editor.end(), "main") : this.#button("take", () => this.#take(), "main");
    this.#panel.replaceChildren(how, now, make("div", { class: "actions" }, end, this.#button("cancel", () => this.#cancel())));
  }

  #key(event: KeyboardEvent): void {
    const mode = this.#editor.mode;
    const acts: Record<string, () => void> = mode === "drawing"
      ? { " ": () => this.#editor.corner(), Enter: () => this.#editor.end(), Backspace: () => this.#editor.back(), Escape: () => this.#cancel() }
      : mode === "changing"
        ? {
          Enter: () => this.#take(), Escape: () => this.#cancel(),
          ArrowLeft: () => this.#editor.nudge(-STEP, 0), ArrowRight: () => this.#editor.nudge(STEP, 0), ArrowUp: () => this.#editor.nudge(0, -STEP), ArrowDown: () => this.#editor.nudge(0, STEP),
        }
        : {};
    const act = acts[event.key];
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  }
}

each("[data-area-map]", (room) => {
  void fetched<Data>(room.dataset["source"] ?? "").then((data) => {
    if (data) new AreaPicture(room, data);
    else tell(room, room.dataset["failed"] ?? "", true);
  });
});

// Whoever ticks one activity means those that are ticked.
each('input[name="activity"]', (tick) => tick.addEventListener("change", () => {
  const chosen = tick.closest("form")?.querySelector<HTMLInputElement>('input[name="take"][value="chosen"]');
  if (chosen) chosen.checked = true;
}));
