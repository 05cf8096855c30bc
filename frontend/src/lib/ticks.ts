/** Where an axis has marks, and what stands at them. */
import type { Lane } from "./lanes.ts";
import { spelt } from "./moments.ts";

const STEPS = [1, 3, 6, 12, 24, 48, 120, 168, 336, 720, 2_160, 8_760];
const APART = 78;

export interface Tick {
  hour: number;
  major: boolean;
}

/** How many hours from mark to mark, so that their words do not touch. */
export function step(pixelsAnHour: number): number {
  return STEPS.find((hours) => hours * pixelsAnHour >= APART) ?? STEPS.at(-1)! * Math.ceil(APART / (STEPS.at(-1)! * pixelsAnHour));
}

/** The marks between two hours. */
export function ticks(first: number, last: number, pixelsAnHour: number): Tick[] {
  const apart = step(pixelsAnHour);
  const found: Tick[] = [];
  for (let hour = Math.ceil(first / apart) * apart; hour <= last && found.length < 400; hour += apart) {
    found.push({ hour, major: apart < 24 ? hour % 24 === 0 : hour === 0 });
  }
  return found;
}

/** What stands at a mark of this lane: `C+3`, or the date in the reader's language. */
export function tickText(hour: number, lane: Lane, apart: number, language: string): string {
  if (lane.anchor) return spelt(lane.anchor, hour);
  const date = new Date((lane.origin + hour * 3600) * 1000);
  const clock: Intl.DateTimeFormatOptions = apart < 24 && hour % 24 !== 0 ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } : { day: "numeric", month: "short", ...(apart >= 720 ? { year: "numeric" } : {}) };
  return new Intl.DateTimeFormat(language, { timeZone: "UTC", ...clock }).format(date);
}
