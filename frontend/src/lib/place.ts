/** Places as people type them and as the headquarters spells them back (see values/place.py): latitude first in text, longitude first in numbers. */

export type LonLat = [number, number];
export type Form = "point" | "circle" | "corridor" | "area" | "named" | "none";

export interface Place {
  form: Form;
  name: string;
  points: LonLat[];
  /** Radius of a circle, half-width of a corridor; else 0. */
  metres: number;
}

const CIRCLE = /^circle (.+) radius (\d+) m$/;
const CORRIDOR = /^corridor (.+) half-width (\d+) m$/;
const AREA = /^area (.+)$/;
const POINT = /^-?\d+(?:\.\d+)?, -?\d+(?:\.\d+)?$/;

/** The place that the headquarters' own spelling says. */
export function read(text: string): Place {
  const cut = text.lastIndexOf(" @ ");
  const name = cut < 0 ? "" : text.slice(0, cut);
  const spelt = cut < 0 ? text : text.slice(cut + 3);
  const circle = CIRCLE.exec(spelt);
  if (circle) return { form: "circle", name, points: spots(circle[1]!), metres: Number(circle[2]) };
  const corridor = CORRIDOR.exec(spelt);
  if (corridor) return { form: "corridor", name, points: spots(corridor[1]!), metres: Number(corridor[2]) };
  const area = AREA.exec(spelt);
  if (area && area[1]!.includes(";")) return { form: "area", name, points: spots(area[1]!), metres: 0 };
  if (POINT.test(spelt)) return { form: "point", name, points: spots(spelt), metres: 0 };
  return { form: text ? "named" : "none", name: text, points: [], metres: 0 };
}

/** The place as a person would type it. */
export function write(place: Place): string {
  const spelt = place.points.map((point) => spot(point)).join("; ");
  const named = place.name ? `${place.name} @ ` : "";
  switch (place.form) {
    case "point": return named + spelt;
    case "circle": return `${named}circle ${spelt} radius ${Math.max(1, Math.round(place.metres))} m`;
    case "corridor": return `${named}corridor ${spelt} half-width ${Math.max(1, Math.round(place.metres))} m`;
    case "area": return `${named}area ${spelt}`;
    default: return place.name;
  }
}

/** `36.85, 34.64`, to `digits` decimals; longitude brought within half a turn. */
export function spot([lon, lat]: LonLat, digits = 6): string {
  return `${degrees(lat, digits)}, ${degrees(wrapped(lon), digits)}`;
}

/** The same longitude between -180 and 180 degrees. */
export function wrapped(lon: number): number {
  return lon >= -180 && lon <= 180 ? lon : ((((lon + 180) % 360) + 360) % 360) - 180;
}

function degrees(value: number, digits: number): string {
  const text = value.toFixed(digits).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}

function spots(text: string): LonLat[] {
  return text.split(";").map((part) => {
    const [lat, lon] = part.split(",").map(Number);
    return [lon!, lat!];
  });
}
