/** What becomes of a chart's specification before it is drawn on a page: its colours, its width, and how much room words have. */

export type Part = { [name: string]: unknown };

const MOST_NAMES = 220;
const NAMES_SHARE = 0.36;
const LEGEND_COLUMN = 190;

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The specification with the page's colours in place of its own; the data is left as it is. */
export function dressed(spec: Part, colours: Map<string, string>): Part {
  const walk = (value: unknown, name = ""): unknown => {
    if (typeof value === "string") return colours.get(value) ?? value;
    if (name === "data") return value;
    if (Array.isArray(value)) return value.map((each) => walk(each));
    return isPart(value) ? Object.fromEntries(Object.entries(value).map(([inner, each]) => [inner, walk(each, inner)])) : value;
  };
  return walk(spec) as Part;
}

/** The specification with names and legend as wide as a room of so many pixels allows. */
export function arranged(spec: Part, wide: number): Part {
  const config = isPart(spec["config"]) ? spec["config"] : {};
  const axis = { ...(isPart(config["axis"]) ? config["axis"] : {}), labelLimit: Math.min(MOST_NAMES, Math.round(wide * NAMES_SHARE)) };
  const columns = Math.max(1, Math.min(5, Math.floor(wide / LEGEND_COLUMN)));
  const legend = { ...(isPart(config["legend"]) ? config["legend"] : {}), columns, labelLimit: Math.round(wide / columns) - 30 };
  return { ...spec, config: { ...config, axis, legend } };
}

/** The specification with plots of this width, one below the other or alone. */
export function sized(spec: Part, width: number): Part {
  const parts = spec["vconcat"];
  if (Array.isArray(parts)) return { ...spec, vconcat: parts.map((each: Part) => ({ ...each, width: Math.round(width) })) };
  return { ...spec, width: Math.round(width) };
}

/** The least width in pixels at which the chart can be read; 0 where it can have any. */
export function least(spec: Part): number {
  const given = isPart(spec["usermeta"]) ? spec["usermeta"]["least_px"] : 0;
  return typeof given === "number" ? given : 0;
}
