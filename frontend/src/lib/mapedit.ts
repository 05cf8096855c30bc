/** Drawing a place and changing one: the library moves corners and lines, and the true shape on the ellipsoid is drawn around them.

What is moved is the spine of a place: the spot, the line from a circle's centre to its rim, the middle line of a corridor, the ring of an area. */
import Collection from "ol/Collection.js";
import Feature from "ol/Feature.js";
import type Geometry from "ol/geom/Geometry.js";
import LineString from "ol/geom/LineString.js";
import MultiPoint from "ol/geom/MultiPoint.js";
import Point from "ol/geom/Point.js";
import Polygon from "ol/geom/Polygon.js";
import DoubleClickZoom from "ol/interaction/DoubleClickZoom.js";
import Draw from "ol/interaction/Draw.js";
import type Interaction from "ol/interaction/Interaction.js";
import KeyboardPan from "ol/interaction/KeyboardPan.js";
import Modify from "ol/interaction/Modify.js";
import Translate from "ol/interaction/Translate.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import Circle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import { away, metresBetween, unwrapped } from "./geodesy.ts";
import { faint } from "./looks.ts";
import { flat, ground, round, type MapView } from "./mapview.ts";
import type { Form, LonLat, Place } from "./place.ts";

export type Drawable = Exclude<Form, "named" | "none">;
type Mode = "idle" | "drawing" | "changing";

const CORNERS: Record<Drawable, number> = { point: 1, circle: 2, corridor: 2, area: 3 };

export class Editor {
  mode: Mode = "idle";
  #form: Drawable = "point";
  #metres = 1_000;
  #name = "";
  #source = new VectorSource();
  #layer: VectorLayer;
  #working: Interaction[] = [];
  #draw: Draw | null = null;
  /** The circle before its corner was taken hold of: its centre moves with its radius kept. */
  #held: LonLat | null = null;

  constructor(readonly view: MapView, readonly told: () => void) {
    this.#layer = new VectorLayer({ source: this.#source, zIndex: 10, renderBuffer: 4_000, style: (feature) => this.#style(feature.getGeometry() as Geometry) });
    view.map.addLayer(this.#layer);
  }

  /** The place as drawn so far; null where there is too little of it. */
  get place(): Place | null {
    const shape = this.#source.getFeatures()[0]?.getGeometry();
    return shape ? this.#placeOf(shape) : null;
  }

  /** Starts drawing; a corridor is so many metres wide on each side. */
  draw(form: Drawable, metres: number, name: string): void {
    this.stop();
    [this.mode, this.#form, this.#metres, this.#name] = ["drawing", form, metres, name];
    const type = form === "point" ? "Point" : form === "area" ? "Polygon" : "LineString";
    const most = form === "circle" ? { maxPoints: 2 } : {};
    this.#draw = new Draw({ type, source: this.#source, minPoints: CORNERS[form], ...most, stopClick: true, style: (feature) => this.#style(feature.getGeometry() as Geometry) });
    this.#draw.on("drawend", (event) => {
      const place = this.#placeOf(event.feature.getGeometry()!);
      // After the library has put its sketch away.
      queueMicrotask(() => (place ? this.change(place) : this.stop()));
    });
    this.#start([this.#draw]);
  }

  /** Starts changing a place. */
  change(place: Place): void {
    this.stop();
    [this.mode, this.#form, this.#metres, this.#name] = ["changing", place.form as Drawable, place.metres, place.name];
    const feature = new Feature(this.#spine(place));
    this.#source.addFeature(feature);
    const features = new Collection([feature]);
    const translate = new Translate({ features, hitTolerance: 6 });
    const modify = new Modify({ features, pixelTolerance: 14, ...(this.#form === "circle" ? { insertVertexCondition: () => false, deleteCondition: () => false } : {}) });
    modify.on("modifystart", () => {
      this.#held = this.#form === "circle" ? (this.place?.points[0] ?? null) : null;
      this.#metres = this.place?.metres ?? this.#metres;
    });
    modify.on("modifyend", () => {
      const after = this.place;
      this.#held = null;
      if (after && this.#form === "circle") feature.setGeometry(this.#spine(after));
      this.told();
    });
    translate.on("translateend", () => this.told());
    this.#start([translate, modify]);
  }

  /** The half-width of the corridor, or the radius of the circle, as typed. */
  widen(metres: number): void {
    this.#metres = metres;
    const feature = this.#source.getFeatures()[0];
    const place = this.place;
    if (feature && place && this.#form === "circle") feature.setGeometry(this.#spine({ ...place, metres }));
    feature?.changed();
    this.told();
  }

  /** Takes the middle of the map as the next corner. */
  corner(): void {
    const at = this.view.map.getView().getCenter();
    if (!at || !this.#draw) return;
    if (this.#form === "point") {
      const place: Place = { form: "point", name: this.#name, points: [round(at)], metres: 0 };
      this.change(place);
      return;
    }
    this.#draw.appendCoordinates([at]);
    if (this.#form === "circle" && this.#taken() >= 2) this.end();
    this.told();
  }

  /** Takes the last corner back. */
  back(): void {
    this.#draw?.removeLastPoint();
  }

  /** Ends drawing, where there are corners enough. */
  end(): void {
    if (this.#draw && this.#taken() >= CORNERS[this.#form]) this.#draw.finishDrawing();
  }

  /** Moves the whole place by so many pixels. */
  nudge(right: number, down: number): void {
    const by = this.view.map.getView().getResolution() ?? 1;
    this.#source.getFeatures()[0]?.getGeometry()?.translate(right * by, -down * by);
    this.told();
  }

  /** Leaves drawing and changing; nothing of it stays on the map. */
  stop(): void {
    for (const one of this.#working) this.view.map.removeInteraction(one);
    [this.mode, this.#draw, this.#held, this.#working] = ["idle", null, null, []];
    this.#source.clear();
    this.#allow(true, true);
    this.told();
  }

  restyle(): void {
    this.#layer.changed();
  }

  #start(interactions: Interaction[]): void {
    this.#working = interactions;
    for (const one of interactions) this.view.map.addInteraction(one);
    this.#allow(false, this.mode === "drawing");
    this.told();
  }

  #allow(zoom: boolean, pan: boolean): void {
    for (const one of this.view.map.getInteractions().getArray()) {
      if (one instanceof DoubleClickZoom) one.setActive(zoom);
      if (one instanceof KeyboardPan) one.setActive(pan);
    }
  }

  /** How many corners were taken so far; the last of the library's sketch is the pointer. */
  #taken(): number {
    const sketch = this.#draw?.getOverlay().getSource()?.getFeatures() ?? [];
    const line = sketch.map((one) => one.getGeometry()).find((one) => (this.#form === "area" ? one instanceof Polygon : one instanceof LineString));
    if (line instanceof Polygon) return Math.max(0, (line.getCoordinates()[0]?.length ?? 0) - 2);
    return line instanceof LineString ? line.getCoordinates().length - 1 : 0;
  }

  #spine(place: Place): Geometry {
    const points = unwrapped(place.points).map(flat);
    switch (place.form) {
      case "point": return new Point(points[0]!);
      case "circle": return new LineString([points[0]!, flat(away(place.points[0]!, 90, place.metres))]);
      case "area": return new Polygon([[...points, points[0]!]]);
      default: return new LineString(points);
    }
  }

  #placeOf(spine: Geometry): Place | null {
    const made = (points: LonLat[], metres = 0): Place => ({ form: this.#form, name: this.#name, points, metres });
    if (spine instanceof Point) return made([round(spine.getCoordinates())]);
    if (spine instanceof Polygon) {
      const ring = (spine.getCoordinates()[0] ?? []).slice(0, -1).map(round);
      return ring.length >= 3 ? made(ring) : null;
    }
    if (!(spine instanceof LineString)) return null;
    const line = spine.getCoordinates().map(round);
    if (line.length < 2) return null;
    if (this.#form !== "circle") return made(line, this.#metres);
    const moved = this.#held && (Math.abs(this.#held[0] - line[0]![0]) > 1e-9 || Math.abs(this.#held[1] - line[0]![1]) > 1e-9);
    return made([line[0]!], moved ? this.#metres : Math.round(metresBetween(line[0]!, line[1]!)));
  }

  #style(spine: Geometry): Style[] {
    const { focus, sheet } = this.view.look;
    const corner = new Circle({ radius: 7, fill: new Fill({ color: sheet }), stroke: new Stroke({ color: focus, width: 3 }) });
    if (spine instanceof Point && this.#form !== "point") return [new Style({ geometry: spine, image: corner })];
    if (spine instanceof Point) return [new Style({ geometry: spine, image: new Circle({ radius: 9, fill: new Fill({ color: focus }), stroke: new Stroke({ color: sheet, width: 3 }) }) })];
    const line = new Style({ geometry: spine, stroke: new Stroke({ color: focus, width: 1.5, lineDash: [3, 5] }) });
    const place = this.#placeOf(spine);
    const covered = place && place.metres !== 0 || place?.form === "area" ? ground(place) : null;
    const around = covered ? [new Style({ geometry: covered, fill: new Fill({ color: faint(focus, 0.18) }), stroke: new Stroke({ color: focus, width: 3 }) })] : [];
    const at = spine instanceof Polygon ? spine.getCoordinates()[0]! : (spine as LineString).getCoordinates();
    return [...around, line, new Style({ geometry: new MultiPoint(at), image: corner })];
  }
}
