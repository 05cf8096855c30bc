/** The colours of the page's own tokens, as numbers that a canvas takes, and told again when the look changes. */

const NAMES = ["paper", "sheet", "ink", "ink-soft", "rule", "rule-strong", "link", "focus", "ours", "released", "theirs", "agreed", "alarm"] as const;
export type Token = (typeof NAMES)[number];
export type Look = Record<Token, string>;

/** Every token as `rgb(…)`, as it stands at `place`. */
export function look(place: HTMLElement): Look {
  const probe = document.createElement("span");
  probe.hidden = true;
  place.append(probe);
  const found = {} as Look;
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

/** Calls `act` whenever the look may have changed: the system's, or the one that this person chose. */
export function onLook(act: () => void): void {
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"]) {
    matchMedia(query).addEventListener("change", act);
  }
  new MutationObserver(act).observe(document.documentElement, { attributes: true, attributeFilter: ["class", "data-theme", "data-look", "data-contrast"] });
}

/** The colour with only `share` (0 to 1) of its strength. */
export function faint(colour: string, share: number): string {
  const parts = colour.match(/[\d.]+/g)?.slice(0, 3) ?? ["0", "0", "0"];
  return `rgba(${parts.join(",")},${share})`;
}
