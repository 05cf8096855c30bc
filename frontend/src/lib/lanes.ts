/** Which line of the timeline each thing stands on, and where: one lane for each anchor, or one calendar for all whose anchors have a date. */
import type { Borne } from "./fill.ts";
import { seconds, type Anchors, type Stand } from "./moments.ts";

/** A bar, a phase or a decision point: what is drawn, and which fields of which element hold its ends. */
export interface Item {
  sort: "bar" | "band" | "mark";
  id: string;
  title: string;
  borne: Borne;
  startField: string;
  endField: string;
  start: Stand | null;
  end: Stand | null;
  phase: string;
  function: string;
  forces: string[];
  after: string[];
}

export type Axis = "relative" | "absolute";
export type Grouping = "phase" | "function" | "force" | "";

/** `anchor` is empty on the calendar, which then starts at `origin` (unix seconds); `dated` is whether anything in it can be placed. */
export interface Lane {
  id: string;
  anchor: string;
  origin: number;
  dated: boolean;
}

export interface Row {
  sort: "lane" | "bands" | "marks" | "group" | "bar";
  label: string;
  lane: Lane;
  items: Item[];
}

export interface Layout {
  lanes: Lane[];
  rows: Row[];
  /** First and last hour that is drawn, from the zero of every lane. */
  first: number;
  last: number;
}

const DAY = 86_400;
const ORDER = "CDHNMRWGE";

/** The rows from top to bottom. `groups` names the groups of an item, in the order in which groups stand (others follow by name). */
export function layout(items: readonly Item[], axis: Axis, anchors: Anchors, groups: (item: Item) => string[], order: readonly string[]): Layout {
  const named = (item: Item): string => laneOf(item, axis, anchors);
  const ids = [...new Set(items.map(named))].sort((one, other) => rank(one) - rank(other));
  const rows: Row[] = [], lanes: Lane[] = [];
  let first = 0, last = 0;
  for (const id of ids) {
    const inside = items.filter((item) => named(item) === id);
    const lane = laneNamed(id, inside, anchors);
    lanes.push(lane);
    rows.push({ sort: "lane", label: id, lane, items: [] });
    for (const sort of ["band", "mark"] as const) {
      const these = inside.filter((item) => item.sort === sort);
      if (these.length) rows.push({ sort: `${sort}s`, label: "", lane, items: these });
    }
    rows.push(...grouped(inside.filter((item) => item.sort === "bar"), lane, groups, order));
    for (const item of inside) {
      for (const stand of [item.start, item.end]) {
        const x = stand && hour(stand, lane, anchors);
        if (typeof x === "number") [first, last] = [Math.min(first, x), Math.max(last, x)];
      }
    }
  }
  return { lanes, rows, first: first - 24, last: last + 48 };
}

/** Hours from the zero of the lane; null where the moment does not stand in it. */
export function hour(stand: Stand, lane: Lane, anchors: Anchors): number | null {
  if (!lane.dated) return null;
  if (lane.anchor) return stand.on === lane.anchor ? (stand.hours ?? 0) : null;
  const at = lane.id === "dates" && stand.on ? null : seconds(stand, anchors);
  return at === null ? null : (at - lane.origin) / 3600;
}

function laneOf(item: Item, axis: Axis, anchors: Anchors): string {
  const stand = item.start ?? item.end;
  if (!stand) return "none";
  if (axis === "absolute" && seconds(stand, anchors) !== null) return "calendar";
  return stand.on || "dates";
}

function laneNamed(id: string, inside: readonly Item[], anchors: Anchors): Lane {
  if (id !== "calendar" && id !== "dates") return { id, anchor: id === "none" ? "" : id, origin: 0, dated: id !== "none" };
  const all = inside.flatMap((item) => [item.start, item.end]).flatMap((stand) => (stand ? (seconds(stand, anchors) ?? []) : []));
  const earliest = all.reduce((low, at) => Math.min(low, at), Infinity);
  return { id, anchor: "", origin: Math.floor(earliest / DAY) * DAY, dated: true };
}

function rank(id: string): number {
  if (id === "calendar") return -1;
  return id === "none" ? 99 : id === "dates" ? 98 : ORDER.indexOf(id);
}

function grouped(bars: readonly Item[], lane: Lane, groups: (item: Item) => string[], order: readonly string[]): Row[] {
  const found = new Map<string, Item[]>();
  for (const bar of bars) {
    for (const name of groups(bar)) {
      const those = found.get(name);
      if (those) those.push(bar);
      else found.set(name, [bar]);
    }
  }
  const at = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const names = [...found.keys()].sort((one, other) => at(one) - at(other) || one.localeCompare(other));
  return names.flatMap((name) => [
    ...(name ? [{ sort: "group" as const, label: name, lane, items: [] }] : []),
    ...found.get(name)!.map((bar) => ({ sort: "bar" as const, label: bar.title, lane, items: [bar] })),
  ]);
}
