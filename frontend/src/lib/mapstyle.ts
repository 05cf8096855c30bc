/** How places look on the map: whose they are by line and shape and colour, what they are called, and the symbols of forces. */
import Circle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Icon from "ol/style/Icon.js";
import RegularShape from "ol/style/RegularShape.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import type { Borne } from "./fill.ts";
import { faint, type Look } from "./looks.ts";
import type { Form, LonLat } from "./place.ts";

export interface Drawn extends Borne {
  field: string;
  label: string;
  row: string;
  form: Form;
  name: string;
  points: LonLat[];
  metres: number;
  text: string;
  sidc?: string;
  short?: string;
  /** Drawn without its name, as one of many alike. */
  unnamed?: boolean;
  /** Left out of the list beside the map, where another entry stands for it. */
  unlisted?: boolean;
}

type Symbols = (sidc: string, size: number) => { canvas: HTMLCanvasElement; anchor: [number, number] } | null;

const FONT = "600 13px system-ui, sans-serif";
const SYMBOL = 26;

/** What a place is called on the map: a force by its short name; a partner's with its code. */
export function called(drawn: Drawn): string {
  const title = drawn.short || (drawn.title.length > 34 ? `${drawn.title.slice(0, 33)}…` : drawn.title);
  return drawn.party && (drawn.side === "theirs" || (drawn.side === "agreed" && !drawn.change)) ? `${title} (${drawn.party})` : title;
}

/** The styles of a place; `symbols` makes the mark of a force once they are loaded. */
export function styles(drawn: Drawn, look: Look, chosen: boolean, symbols: Symbols | null): Style[] {
  const colour = look[drawn.side];
  const text = new Text({
    text: drawn.unnamed ? "" : drawn.row || called(drawn), font: FONT, overflow: true, offsetY: drawn.form === "point" ? SYMBOL * 0.8 : 0,
    fill: new Fill({ color: look.ink }), stroke: new Stroke({ color: look.sheet, width: 4 }),
  });
  const halo = chosen ? [new Style({ stroke: new Stroke({ color: look.focus, width: 9 }), zIndex: 1 })] : [];
  if (drawn.form === "point") {
    const symbol = drawn.sidc && symbols ? symbols(drawn.sidc, SYMBOL) : null;
    const around = chosen ? [new Style({ image: new Circle({ radius: 19, stroke: new Stroke({ color: look.focus, width: 4 }), declutterMode: "none" }), zIndex: 1 })] : [];
    const image = symbol ? icon(symbol) : mark(drawn.side, colour, look.sheet);
    return [...around, new Style({ image, text, zIndex: 3 })];
  }
  return [...halo, ...edges(drawn.side, colour, look.sheet), new Style({ text, zIndex: 3 })];
}

/** A line style for each side, the same as on slips and in the legend: whole, double, dashed, thick. */
export function edges(side: Borne["side"], colour: string, ground: string): Style[] {
  const fill = new Fill({ color: faint(colour, 0.16) });
  switch (side) {
    case "ours": return [new Style({ fill, stroke: new Stroke({ color: colour, width: 2.5 }), zIndex: 2 })];
    case "released":
      return [
        new Style({ fill, stroke: new Stroke({ color: colour, width: 5.5 }), zIndex: 2 }),
        new Style({ stroke: new Stroke({ color: ground, width: 2 }), zIndex: 2 }),
      ];
    case "theirs": return [new Style({ fill, stroke: new Stroke({ color: colour, width: 2.5, lineDash: [9, 6] }), zIndex: 2 })];
    case "agreed": return [new Style({ fill, stroke: new Stroke({ color: colour, width: 5 }), zIndex: 2 })];
  }
}

/** The plain mark of a point: square, pointer, ring, and square in a square, as before the words elsewhere. */
function mark(side: Borne["side"], colour: string, ground: string): Circle | RegularShape {
  const fill = new Fill({ color: colour }), stroke = new Stroke({ color: ground, width: 2 });
  switch (side) {
    case "ours": return new RegularShape({ points: 4, radius: 10, angle: Math.PI / 4, fill, stroke, declutterMode: "obstacle" });
    case "released": return new RegularShape({ points: 3, radius: 11, angle: Math.PI / 2, fill, stroke, declutterMode: "obstacle" });
    case "theirs": return new Circle({ radius: 7, fill: new Fill({ color: ground }), stroke: new Stroke({ color: colour, width: 4 }), declutterMode: "obstacle" });
    case "agreed": return new RegularShape({ points: 4, radius: 12, angle: 0, fill, stroke, declutterMode: "obstacle" });
  }
}

function icon(symbol: { canvas: HTMLCanvasElement; anchor: [number, number] }): Icon {
  return new Icon({
    img: symbol.canvas, anchor: symbol.anchor, anchorXUnits: "pixels", anchorYUnits: "pixels", declutterMode: "obstacle", scale: 1 / devicePixelRatio,
  });
}

/** The maker of force symbols, loaded when the first is wanted; a code that depicts nothing gives null, and a plain mark stands there. */
export async function symbolMaker(): Promise<Symbols> {
  const { default: milsymbol } = await import("milsymbol");
  const kept = new Map<string, ReturnType<Symbols>>();
  return (sidc, size) => {
    if (!kept.has(sidc)) {
      const symbol = new milsymbol.Symbol(sidc, { size, outlineWidth: 3, outlineColor: "rgba(255,255,255,0.9)" });
      const at = symbol.getAnchor();
      const made = symbol.isValid()
        ? { canvas: symbol.asCanvas(devicePixelRatio), anchor: [at.x * devicePixelRatio, at.y * devicePixelRatio] as [number, number] }
        : null;
      kept.set(sidc, made);
    }
    return kept.get(sidc) ?? null;
  };
}
