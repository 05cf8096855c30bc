/** The table of activities: a cell that is ours is changed where it stands. Enter keeps, Escape leaves it; the row's Edit link does the same without. */
import { CHANGED, change, data, each, type Changed } from "./lib/page.ts";

interface Cells {
  phases: [string, string][];
  forces: [string, string][];
  words: { change: string; save: string; cancel: string; failed: string; none: string };
}

type Field = HTMLInputElement | HTMLSelectElement;

const cells = data<Cells>("plan-cells");

function say(sentence: string, wrong = false): void {
  const place = document.getElementById("cells-said");
  if (!place) return;
  place.textContent = sentence;
  place.classList.toggle("wrong", wrong);
}

function heading(cell: HTMLTableCellElement): string {
  return cell.closest("table")?.tHead?.rows[0]?.cells[cell.cellIndex]?.textContent?.trim() ?? "";
}

function rowName(cell: HTMLElement): string {
  return cell.closest("tr")?.querySelector("th a")?.textContent?.trim() ?? "";
}

function choice(value: string, label: string, selected: boolean): HTMLOptionElement {
  return new Option(label, value, selected, selected);
}

/** What a cell is typed into: a list where the plan or the forces offer one, else a line. */
function fieldOf(cell: HTMLTableCellElement): Field {
  const name = cell.dataset["cell"] ?? "";
  const value = cell.dataset["value"] ?? "";
  if (name === "phase" && cells) {
    const select = document.createElement("select");
    select.append(choice("", cells.words.none, !value));
    for (const [id, label] of cells.phases) select.append(choice(id, label, id === value));
    if (value && !cells.phases.some(([id]) => id === value)) select.append(choice(value, value, true));
    return select;
  }
  if (name === "forces" && cells) {
    const select = document.createElement("select");
    select.multiple = true;
    const held = new Set(value.split("\n").filter(Boolean));
    for (const [ref, title] of cells.forces) {
      select.append(choice(ref, title, held.has(ref)));
      held.delete(ref);
    }
    for (const ref of held) select.append(choice(ref, ref, true));
    return select;
  }
  const input = document.createElement("input");
  input.type = "text";
  input.dir = "auto";
  input.value = value;
  if (name === "function") input.setAttribute("list", "functions");
  return input;
}

function textOf(field: Field): string {
  return field instanceof HTMLSelectElement && field.multiple ? [...field.selectedOptions].map((one) => one.value).join("\n") : field.value;
}

function titleOf(ref: string): string {
  return cells?.forces.find(([known]) => known === ref)?.[1] ?? ref;
}

/** What a cell shows for a text that was kept. */
function shown(cell: HTMLElement, text: string): string {
  return cell.dataset["cell"] === "forces" ? text.split("\n").filter(Boolean).map(titleOf).join("; ") : text;
}

function put(cell: HTMLTableCellElement, text: string): void {
  cell.dataset["value"] = text;
  const link = cell.dataset["cell"] === "title" ? cell.querySelector("a") : null;
  if (link) link.textContent = text;
  else {
    cell.textContent = shown(cell, text);
    offer(cell);
  }
}

/** Makes the cell's words a button that opens its field. */
function offer(cell: HTMLTableCellElement): void {
  if (!cells || cell.dataset["cell"] === "title") return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cell";
  button.append(...cell.childNodes);
  const unseen = document.createElement("span");
  unseen.className = "unseen";
  unseen.textContent = ` ${cells.words.change}: ${heading(cell)}, ${rowName(cell)}`;
  button.append(unseen);
  button.addEventListener("click", () => open(cell));
  cell.replaceChildren(button);
}

function open(cell: HTMLTableCellElement): void {
  if (!cells) return;
  const before = [...cell.childNodes];
  const form = document.createElement("form");
  form.className = "cell-form";
  const field = fieldOf(cell);
  field.setAttribute("aria-label", `${heading(cell)}, ${rowName(cell)}`);
  const error = document.createElement("p");
  error.className = "error";
  error.setAttribute("role", "alert");
  const acts = document.createElement("p");
  acts.className = "row-acts";
  const save = document.createElement("button");
  save.textContent = cells.words.save;
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.textContent = cells.words.cancel;
  acts.append(save, cancel);
  form.append(error, field, acts);
  const close = (): void => {
    cell.replaceChildren(...before);
    cell.querySelector("button")?.focus();
  };
  cancel.addEventListener("click", close);
  form.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void keep(cell, field, error);
  });
  cell.replaceChildren(form);
  field.focus();
}

async function keep(cell: HTMLTableCellElement, field: Field, error: HTMLElement): Promise<void> {
  const row = cell.closest("tr");
  const name = cell.dataset["cell"] ?? "";
  if (!row || !cells) return;
  try {
    const answer = await change(row.dataset["url"] ?? "", row.dataset["version"] ?? "", { [name]: textOf(field) });
    if (answer.status === 200) {
      put(cell, answer.fields?.[name] ?? textOf(field));
      cell.querySelector("button")?.focus();
      say(answer.sentence ?? "");
      return;
    }
    error.textContent = answer.errors?.[name] ?? answer.sentence ?? cells.words.failed;
    field.setAttribute("aria-invalid", "true");
  } catch {
    error.textContent = cells.words.failed;
  }
}

/** A row that was changed anywhere on the page shows it; a cell somebody is typing in is left alone. */
function renew({ url, version, fields }: Changed): void {
  for (const row of document.querySelectorAll<HTMLTableRowElement>("table.activities tr[data-url]")) {
    if (!url.endsWith(row.dataset["url"] ?? " ")) continue;
    row.dataset["version"] = version;
    for (const cell of row.querySelectorAll<HTMLTableCellElement>("[data-cell]")) {
      const text = fields[cell.dataset["cell"] ?? ""];
      if (text !== undefined && text !== cell.dataset["value"]?.trim() && !cell.querySelector("form")) put(cell, text);
    }
  }
}

each("table.activities", (table) => {
  for (const cell of table.querySelectorAll<HTMLTableCellElement>("tr[data-url] [data-cell]")) offer(cell);
});
document.addEventListener(CHANGED, (event) => renew((event as CustomEvent<Changed>).detail));
