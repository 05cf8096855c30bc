/** What is done with a pasted table: left to the text field where it is short and has its cells apart, else carried as a file. */

export interface Words {
  /** The name of the file that a paste becomes. */
  name: string;
  /** `%(lines)s lines … %(size)s MB …`, told once it has. */
  told: string;
}

export interface Pasted {
  text: string;
  name: string;
  told: string;
}

/** Characters up to which a text field is quick. */
const SHORT = 20_000;

/** The file that this paste becomes, or null where the field takes it as it is. */
export function pasted(plain: string, html: string, words: Words): Pasted | null {
  const apart = plain.includes("\t") || !/<table/i.test(html);
  const text = apart ? plain : html;
  if (apart && text.length <= SHORT) return null;
  const lines = plain.split("\n").filter((line) => line.trim()).length;
  const size = (new Blob([text]).size / 1e6).toFixed(1);
  const told = words.told.replace("%(lines)s", lines.toLocaleString()).replace("%(size)s", size);
  return { text, name: words.name + (apart ? ".txt" : ".html"), told };
}
