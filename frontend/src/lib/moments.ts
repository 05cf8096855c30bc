/** Moments as people type them: after an anchor (`C+3`, `D+1/H+6`, `H+6`) or on the calendar (see values/relative_time.py). */

export interface Stand {
  text: string;
  /** The anchor it hangs on; absent on the calendar. */
  on?: string;
  hours?: number;
  /** Unix seconds on the calendar. */
  at?: number;
}

export type Anchors = Record<string, number>;

const RELATIVE = /^([A-Z])([+-]\d+)?(?:\/H([+-]\d+))?$/;

/** The moment that the headquarters' own spelling says; null where it says none. */
export function read(text: string): Stand | null {
  const found = RELATIVE.exec(text);
  if (found) {
    const count = Number(found[2] ?? 0), hours = Number(found[3] ?? 0);
    return { text, on: found[1]!, hours: found[1] === "H" ? count : count * 24 + hours };
  }
  const seconds = Date.parse(text) / 1000;
  return Number.isFinite(seconds) ? { text, at: seconds } : null;
}

/** The same moment so many hours later. */
export function later(stand: Stand, hours: number): Stand {
  if (stand.on === undefined || stand.on === "") {
    const at = (stand.at ?? 0) + hours * 3600;
    return { text: new Date(at * 1000).toISOString().replace(".000Z", "Z"), at };
  }
  const total = (stand.hours ?? 0) + hours;
  return { text: spelt(stand.on, total), on: stand.on, hours: total };
}

/** On the calendar, where its anchor has a date; null where it has none. */
export function seconds(stand: Stand, anchors: Anchors): number | null {
  if (!stand.on) return stand.at ?? 0;
  const start = anchors[stand.on];
  return start === undefined ? null : start + (stand.hours ?? 0) * 3600;
}

/** `C+3`, `D+1/H+6`, `H+6`, `C`. */
export function spelt(anchor: string, hours: number): string {
  const signed = (count: number): string => (count > 0 ? `+${count}` : count < 0 ? String(count) : "");
  if (anchor === "H") return `H${signed(hours)}`;
  const days = Math.trunc(hours / 24), rest = hours % 24;
  return `${anchor}${signed(days)}${rest ? `/H${signed(rest)}` : ""}`;
}
