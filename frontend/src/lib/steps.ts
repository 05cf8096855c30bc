/** Where an arrow key leads in a table of cells. Pure, so that it is tested without a page. */

export interface Spot {
  row: number;
  column: number;
}

/** The spot beside `from`, in reading direction (`rtl` turns left and right); null at the edge, or for another key. */
export function step(from: Spot, key: string, rows: number, columns: number, rtl: boolean): Spot | null {
  const ahead = rtl ? -1 : 1;
  const moves: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -ahead], ArrowRight: [0, ahead] };
  const move = moves[key];
  if (!move) return null;
  const to = { row: from.row + move[0], column: from.column + move[1] };
  return to.row >= 0 && to.row < rows && to.column >= 0 && to.column < columns ? to : null;
}

/** `template` with each `{name}` replaced. */
export function spelt(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
