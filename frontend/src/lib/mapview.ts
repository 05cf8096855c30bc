/** The map itself: the world offline, the grid, the scale, and the places drawn on it. Nothing here asks the headquarters for anything but files. */
import Feature from "ol/Feature.js";
import OlMap from "ol/Map.js";
import View from "ol/View.js";
import ScaleLine from "ol/control/ScaleLine.js";
import { createEmpty, extend, getCenter, isEmpty, type Extent } from "ol/extent.js";
import MultiPolygon from "ol/geom/MultiPolygon.js";
import Point from "ol/geom/Point.js";
import Polygon from "ol/geom/Polygon.js";
import { defaults as interactions } from "ol/interaction/defaults.js";
import Graticule from "ol/layer/Graticule.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorImageLayer from "ol/layer/VectorImage.js";
import { fromLonLat, toLonLat } from "ol/proj.js";
import VectorSource from "ol/source/Vector.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import { fetched } from "./fill.ts";
import { outline } from "./geodesy.ts";
import { polygons, type World } from "./land.ts";
import { faint, look, onLook, type Look } from "./looks.ts";
import { styles, symbolMaker, type Drawn } from "./mapstyle.ts";
import { spot, type LonLat, type Place } from "./place.ts";

/** Mercator ends short of the poles. */
const NORTH = 85.05;
/** Below so many metres a pixel the finer coast is loaded. */
const NEAR = 9_000;

/** Where a longitude and latitude lies on the flat map. */
export function flat([lon, lat]: LonLat): number[] {
  return fromLonLat([lon, Math.max(-NORTH, Math.min(NORTH, lat))]);
}

/** The longitude (past 180 where the map was turned on) and latitude of a spot of the flat map. */
export function round(at: number[]): LonLat {
  const [lon, lat] = toLonLat(at);
  return [lon!, lat!];
}

/** The ground that a place covers, on the flat map; null for a name alone. `turned` is added to its longitudes. */
export function ground(place: Place, turned = 0): Point | Polygon | null {
  if (place.form === "point") return new Point(flat([place.points[0]![0] + turned, place.points[0]![1]]));
  const ring = outline(place);
  return ring.length ? new Polygon([ring.map(([lon, lat]) => flat([lon + turned, lat]))]) : null;
}

/** From which longitude on the drawn things lie closest together: those west of it are drawn one turn further east. */
export function seam(longitudes: readonly number[]): number {
  const sorted = [...new Set(longitudes)].sort((one, other) => one - other);
  let start = -180, widest = -1;
  sorted.forEach((lon, at) => {
    const before = at ? sorted[at - 1]! : sorted.at(-1)! - 360;
    if (lon - before > widest) [widest, start] = [lon - before, lon];
  });
  return start;
}

/** Beyond so many places they are drawn into a picture that moves with the hand, and drawn anew when it rests. */
const MANY = 300;

export class MapView {
  readonly map: OlMap;
  readonly source = new VectorSource();
  #look: Look;
  #land = new VectorSource();
  #chosen = "";
  #hidden = "";
  #symbols: Awaited<ReturnType<typeof symbolMaker>> | null = null;
  #seam = -180;
  #graticule: Graticule | null = null;
  #landLayer: VectorImageLayer;
  #layer: VectorLayer | VectorImageLayer;
  #loaded = "";

  constructor(readonly room: HTMLElement, readonly lands: { far: string; near: string }, many: number) {
    this.#look = look(room);
    this.#landLayer = new VectorImageLayer({ source: this.#land, imageRatio: 2, style: () => this.#landStyle() });
    const drawn = { source: this.source, declutter: true, style: (feature: unknown) => this.#styleOf(feature as Feature), renderBuffer: 300 };
    this.#layer = many > MANY ? new VectorImageLayer({ ...drawn, imageRatio: 1.5 }) : new VectorLayer(drawn);
    this.map = new OlMap({
      target: room, controls: [new ScaleLine({ minWidth: 80 })], layers: [this.#landLayer, this.#layer],
      interactions: interactions({ altShiftDragRotate: false, pinchRotate: false, onFocusOnly: false }),
      view: new View({ center: flat([20, 25]), zoom: 1.6, minZoom: 0, maxZoom: 18, enableRotation: false, multiWorld: true }),
    });
    this.#grid();
    void this.#load(lands.far);
    this.map.on("moveend", () => {
      if ((this.map.getView().getResolution() ?? NEAR) < NEAR) void this.#load(lands.near);
    });
    onLook(() => this.restyle());
  }

  /** The places drawn, in place of those before. */
  show(drawn: readonly Drawn[]): void {
    const placed = drawn.filter((one) => one.points.length);
    this.#seam = seam(placed.map((one) => one.points[0]![0]));
    this.source.clear(true);
    this.source.addFeatures(placed.flatMap((one) => this.#feature(one) ?? []));
    this.#needSymbols(placed);
  }

  /** One place drawn anew; taken away where it has none any more. */
  redraw(drawn: Drawn): void {
    const before = this.source.getFeatureById(idOf(drawn));
    if (before) this.source.removeFeature(before as Feature);
    const feature = drawn.points.length ? this.#feature(drawn) : null;
    if (feature) this.source.addFeature(feature);
    this.#needSymbols([drawn]);
  }

  #feature(one: Drawn): Feature | null {
    const shape = ground(one, one.points[0]![0] < this.#seam ? 360 : 0);
    const feature = shape ? new Feature({ geometry: shape, drawn: one }) : null;
    feature?.setId(idOf(one));
    return feature;
  }

  #needSymbols(placed: readonly Drawn[]): void {
    if (!this.#symbols && placed.some((one) => one.sidc)) {
      void symbolMaker().then((made) => {
        this.#symbols = made;
        this.#layer.changed();
      });
    }
  }

  /** Marks one place as chosen, and leaves one out while it is being changed; empty ids for none. */
  mark(chosen: string, hidden: string): void {
    [this.#chosen, this.#hidden] = [chosen, hidden];
    this.#layer.changed();
  }

  /** Everything drawn, in view. */
  fit(): void {
    const all = this.source.getFeatures().reduce((sum, one) => extend(sum, one.getGeometry()!.getExtent()), createEmpty());
    if (!isEmpty(all)) this.#show(all);
  }

  /** This place in view, moved there only where it is not. */
  reveal(id: string): void {
    const shape = this.source.getFeatureById(id)?.getGeometry();
    const view = this.map.getView();
    if (!shape || this.map.getSize() === undefined) return;
    const seen = view.calculateExtent(this.map.getSize());
    const [x, y] = getCenter(shape.getExtent());
    if (x! < seen[0]! || x! > seen[2]! || y! < seen[1]! || y! > seen[3]!) view.setCenter([x!, y!]);
  }

  /** Nearer by that many levels, or farther where negative. */
  zoom(levels: number): void {
    const view = this.map.getView();
    view.animate({ zoom: (view.getZoom() ?? 2) + levels, duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150 });
  }

  /** What stands at this pixel, the topmost. */
  at(pixel: number[]): Drawn | null {
    return (this.map.forEachFeatureAtPixel(pixel, (feature) => feature.get("drawn") as Drawn | undefined, { hitTolerance: 6, layerFilter: (layer) => layer === this.#layer }) as Drawn | undefined) ?? null;
  }

  /** The spot under a pixel, as people write it. */
  spotAt(pixel: number[]): string {
    const at = this.map.getCoordinateFromPixel(pixel);
    return at ? spot(round(at), 4) : "";
  }

  get look(): Look {
    return this.#look;
  }

  restyle(): void {
    this.#look = look(this.room);
    this.#grid();
    this.#landLayer.changed();
    this.#layer.changed();
  }

  #show(extent: Extent): void {
    this.map.getView().fit(extent, { padding: [48, 48, 48, 48], maxZoom: 10 });
  }

  #styleOf(feature: Feature): Style[] {
    const id = String(feature.getId());
    return id === this.#hidden ? [] : styles(feature.get("drawn") as Drawn, this.#look, id === this.#chosen, this.#symbols);
  }

  #landStyle(): Style {
    return new Style({
      fill: new Fill({ color: this.#look.paper }), stroke: new Stroke({ color: faint(this.#look["rule-strong"], 0.75), width: 0.8 }),
    });
  }

  #grid(): void {
    if (this.#graticule) this.map.removeLayer(this.#graticule);
    const label = (align: "start" | "end"): Text => new Text({
      font: "11px system-ui, sans-serif", textBaseline: "bottom", textAlign: align === "end" ? "right" : "center",
      fill: new Fill({ color: this.#look["ink-soft"] }), stroke: new Stroke({ color: this.#look.sheet, width: 3 }),
    });
    this.#graticule = new Graticule({
      strokeStyle: new Stroke({ color: faint(this.#look["rule-strong"], 0.35), width: 0.7 }), showLabels: true, wrapX: true, targetSize: 130,
      lonLabelStyle: label("start"), latLabelStyle: label("end"), lonLabelPosition: 0.02, latLabelPosition: 0.99,
    });
    this.map.getLayers().insertAt(1, this.#graticule);
  }

  async #load(file: string): Promise<void> {
    if (this.#loaded === file || this.#loaded === this.lands.near) return;
    const before = this.#loaded;
    this.#loaded = file;
    const world = await fetched<World>(file);
    if (!world) this.#loaded = before;
    if (!world || this.#loaded !== file) return;
    const shape = new MultiPolygon(polygons(world).map((rings) => rings.map((ring) => ring.map(flat))));
    this.#land.clear(true);
    this.#land.addFeature(new Feature(shape));
  }
}

/** The name of a place on this map: its element and its field. */
export function idOf(drawn: Drawn): string {
  return `${drawn.key} ${drawn.field}`;
}
