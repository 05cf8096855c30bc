/** Small things that every picture needs: words with their gaps filled, elements made, the data fetched. */

export type Words = Record<string, string>;

/** The word called `name` with `{0}`, `{1}` filled in; its name where the headquarters sent none. */
export function say(words: Words, name: string, ...filled: (string | number)[]): string {
  return (words[name] ?? name).replace(/\{(\d)\}/g, (_, at: string) => String(filled[Number(at)] ?? ""));
}

type Made = Record<string, string | boolean | ((event: Event) => void)>;

/** A new element; names that start with `on` are listeners, `true` sets and `false` leaves out. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, set: Made = {}, ...inside: (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(set)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...inside);
  return made;
}

/** A new element of a drawing. */
export function draw(tag: string, set: Record<string, string | number> = {}): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(set)) made.setAttribute(name, String(value));
  return made;
}

/** What a picture is drawn from; null where the headquarters could not be reached or has nothing. */
export async function fetched<T>(url: string): Promise<T | null> {
  try {
    const said = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
    return said.ok && (said.headers.get("Content-Type") ?? "").includes("json") ? ((await said.json()) as T) : null;
  } catch {
    return null;
  }
}

/** What every drawn element bears (see docs/spec/pictures.md). */
export interface Borne {
  key: string;
  title: string;
  kind: string;
  kindWord: string;
  side: "ours" | "released" | "theirs" | "agreed";
  whose: string;
  party: string;
  href: string;
  change: string;
  version: string;
  marking?: string;
}

/** The id of the element that a change was asked of, from its address. */
export function elementOf(url: string): string {
  return url.replace(/\/$/, "").split("/").at(-2) ?? "";
}

/** Whose text it is, by word, shape and colour: the shape is the one of the figure's own legend. */
export function whose(room: HTMLElement, borne: Borne): HTMLElement {
  const shape = room.closest(".pic")?.querySelector(`.pic-legend .whose.${borne.side} svg`)?.cloneNode(true);
  return make("span", { class: `whose ${borne.side}` }, ...(shape ? [shape] : []), ` ${borne.whose}`);
}
