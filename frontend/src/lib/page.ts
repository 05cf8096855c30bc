/** What every script of ours needs of the page it runs in. No script is needed to read or to write: each only makes it quicker. */

/** The elements that match, once the page stands; and again in whatever htmx puts into it. */
export function each(selector: string, act: (found: HTMLElement) => void): void {
  const seen = new WeakSet<HTMLElement>();
  const look = (root: ParentNode): void => {
    for (const found of root.querySelectorAll<HTMLElement>(selector)) {
      if (!seen.has(found)) {
        seen.add(found);
        act(found);
      }
    }
  };
  look(document);
  document.body.addEventListener("htmx:afterSwap", () => look(document));
}

/** The anti-forgery token of this page's forms; empty where it has none. */
export function token(): string {
  return document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content ?? "";
}

/** The words that the server wrote for this script (`<script type="application/json" id=…>`): nothing that people read is spelt in scripts. */
export function data<T>(id: string): T | null {
  const found = document.getElementById(id);
  return found?.textContent ? (JSON.parse(found.textContent) as T) : null;
}

/** What a change of some fields of one of our elements came to (see `POST /elements/<id>/change/`). */
export interface Answer {
  status: number;
  version?: string;
  fields?: Record<string, string>;
  errors?: Record<string, string>;
  sentence?: string;
}

/** Told on the document once one of our elements was changed from this page: everything that shows it draws itself anew. */
export const CHANGED = "element:changed";
export interface Changed {
  url: string;
  version: string;
  fields: Record<string, string>;
}

/** Asks for a change of `fields` (dotted path to text as typed) of the element at `url`, as it was at `version`. */
export async function change(url: string, version: string, fields: Record<string, string>, removed: string[] = []): Promise<Answer> {
  const body = new FormData();
  body.set("based_on", version);
  for (const [name, value] of Object.entries(fields)) body.set(`f.${name}`, value);
  for (const row of removed) body.append("remove", row);
  const said = await fetch(url, {
    method: "POST", body, credentials: "same-origin",
    headers: { "X-CSRFToken": token(), Accept: "application/json" },
  });
  const type = said.headers.get("Content-Type") ?? "";
  const answer = type.includes("json") ? ((await said.json()) as Omit<Answer, "status">) : {};
  if (said.ok && answer.version && answer.fields) {
    const detail: Changed = { url, version: answer.version, fields: answer.fields };
    document.dispatchEvent(new CustomEvent(CHANGED, { detail }));
  }
  return { ...answer, status: said.status };
}
