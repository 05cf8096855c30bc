/** Tables that take part in pictures: forms are sent without leaving the page, and cells show what was changed elsewhere on it. */
import { elementOf } from "./fill.ts";
import { CHANGED, change, type Answer, type Changed } from "./page.ts";

/** Lets every `form[data-change]` and `[data-key][data-field]` of this page take part; once a page, whoever asks. */
export function tend(): void {
  if (document.documentElement.dataset["cells"]) return;
  document.documentElement.dataset["cells"] = "yes";
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.dataset["change"]) {
      event.preventDefault();
      void send(form);
    }
  });
  document.addEventListener(CHANGED, (event) => show((event as CustomEvent<Changed>).detail));
}

/** Says a sentence under the picture that `near` stands in. */
export function tell(near: Element, sentence: string, bad = false): void {
  const place = near.closest(".pic")?.querySelector<HTMLElement>("[data-said]") ?? document.querySelector<HTMLElement>("[data-said]");
  if (place) {
    place.textContent = sentence;
    place.classList.toggle("bad", bad);
  }
}

/** The sentence of an answer, or that nobody answered. */
export function sentenceOf(answer: Answer, near: Element): string {
  return answer.sentence ?? near.closest<HTMLElement>("[data-lost]")?.dataset["lost"] ?? String(answer.status);
}

/** As `change`, and a status of 0 where the headquarters could not be reached. */
export async function ask(url: string, version: string, fields: Record<string, string>): Promise<Answer> {
  try {
    return await change(url, version, fields);
  } catch {
    return { status: 0 };
  }
}

async function send(form: HTMLFormElement): Promise<void> {
  const sent = new FormData(form);
  const fields: Record<string, string> = {};
  for (const [name, value] of sent) if (name.startsWith("f.") && typeof value === "string") fields[name.slice(2)] = value;
  for (const field of form.elements) if ("defaultValue" in field) (field as HTMLInputElement).dataset["sent"] = "yes";
  const answer = await ask(form.action, String(sent.get("based_on") ?? ""), fields);
  const good = answer.status === 200;
  for (const field of form.elements) delete (field as HTMLElement).dataset["sent"];
  complain(form, good ? {} : (answer.errors ?? {}));
  tell(form, sentenceOf(answer, form), !good);
}

function complain(form: HTMLFormElement, errors: Record<string, string>): void {
  const row = form.closest("tr") ?? form;
  for (const place of row.querySelectorAll<HTMLElement>("[data-error]")) {
    const sentence = errors[place.dataset["error"] ?? ""] ?? "";
    place.textContent = sentence;
    place.hidden = !sentence;
    place.parentElement?.querySelector("input,select")?.setAttribute("aria-invalid", sentence ? "true" : "false");
  }
}

function show({ url, version, fields }: Changed): void {
  const element = elementOf(url);
  for (const cell of document.querySelectorAll<HTMLElement>(`[data-key$="/${element}"][data-field]`)) {
    const text = fields[cell.dataset["field"] ?? ""];
    if (text !== undefined) put(cell, text);
  }
  for (const based of document.querySelectorAll<HTMLInputElement>(`input[data-version-of$="/${element}"]`)) based.value = version;
}

/** What somebody is typing and has not sent is left alone. */
function put(cell: HTMLElement, text: string): void {
  if (cell instanceof HTMLInputElement || cell instanceof HTMLTextAreaElement) {
    const typing = cell.value !== cell.defaultValue && !cell.dataset["sent"];
    cell.defaultValue = text;
    if (!typing) cell.value = text;
  } else if (cell instanceof HTMLSelectElement) {
    cell.value = text;
  } else {
    cell.textContent = text;
  }
}

