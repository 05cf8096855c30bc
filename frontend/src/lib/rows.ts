/** Rows that name the row above them, as a tree: where each stands, and what to write so that one hangs elsewhere or changes places. */

export interface Twig {
  at: number;
  id: string;
  title: string;
  above: string;
  depth: number;
  before: number | null;
  behind: number | null;
  fields: Record<string, string>;
  sort: string;
  detail: string;
  force: string;
  forceTitle: string;
  likelihood: string;
  low: number | null;
  high: number | null;
}

/** Those directly under `id` (the top: ""), in their order. */
export function under(twigs: readonly Twig[], id: string): Twig[] {
  return twigs.filter((twig) => twig.above === id);
}

/** What to write so that two rows change places in their table: each keeps its id, and so what hangs on it. */
export function exchanged(field: string, one: Twig, other: Twig): Record<string, string> {
  const written: Record<string, string> = {};
  for (const [at, row] of [[one.at, other], [other.at, one]] as const) {
    for (const [name, text] of Object.entries(row.fields)) written[`${field}.${at}.${name}`] = text;
  }
  return written;
}

/** The rows that are seen, from the top, where those in `folded` hide what hangs on them. */
export function seen(twigs: readonly Twig[], folded: ReadonlySet<string>): Twig[] {
  const found: Twig[] = [];
  let below = Infinity;
  for (const twig of twigs) {
    if (twig.depth > below) continue;
    below = folded.has(twig.id) ? twig.depth : Infinity;
    found.push(twig);
  }
  return found;
}

/** What to write so that `twig` stands before or behind `target` among its siblings: their rows are written anew in that order. */
export function reordered(field: string, siblings: readonly Twig[], twig: Twig, target: Twig, where: number): Record<string, string> {
  const wanted = siblings.filter((one) => one !== twig);
  wanted.splice(wanted.indexOf(target) + (where > 0 ? 1 : 0), 0, twig);
  const places = siblings.map((one) => one.at).sort((one, other) => one - other);
  const written: Record<string, string> = {};
  wanted.forEach((row, at) => {
    if (row.at !== places[at]) for (const [name, text] of Object.entries(row.fields)) written[`${field}.${places[at]}.${name}`] = text;
  });
  return written;
}
