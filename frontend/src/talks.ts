/** Notes: while an @ is typed, the colleagues it may mean are offered below the text. Without a script the list beside it does. */

import { asked, completed, matching, type Colleague } from "./lib/mentions.ts";
import { each } from "./lib/page.ts";

each("textarea[data-mentions]", (found) => {
  const area = found as HTMLTextAreaElement;
  const list = document.getElementById(area.dataset.mentions ?? "");
  if (!(list instanceof HTMLDataListElement)) return;
  const people: Colleague[] = [...list.options].map((one) => ({ username: one.value, name: one.label }));
  const box = document.createElement("ul");
  box.className = "offered";
  box.id = `${area.id}-offered`;
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", area.dataset.offered ?? "");
  box.hidden = true;
  area.after(box);
  area.setAttribute("aria-controls", box.id);
  area.setAttribute("aria-autocomplete", "list");
  let offered: Colleague[] = [];
  let at = 0;

  const close = (): void => {
    offered = [];
    box.hidden = true;
    area.removeAttribute("aria-activedescendant");
  };
  const mark = (): void => {
    [...box.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
    area.setAttribute("aria-activedescendant", `${box.id}-${at}`);
  };
  const choose = (number: number): void => {
    const chosen = offered[number];
    if (!chosen) return;
    const next = completed(area.value, area.selectionStart, chosen.username);
    area.value = next.text;
    area.setSelectionRange(next.caret, next.caret);
    close();
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const offer = (): void => {
    const typed = asked(area.value, area.selectionStart);
    offered = typed === null ? [] : matching(people, typed);
    if (!offered.length) return close();
    at = 0;
    box.replaceChildren(
      ...offered.map((one, number) => {
        const item = document.createElement("li");
        item.id = `${box.id}-${number}`;
        item.setAttribute("role", "option");
        const username = document.createElement("span");
        username.className = "mention";
        username.textContent = `@${one.username}`;
        item.append(username, ` ${one.name}`);
        item.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          choose(number);
        });
        return item;
      }),
    );
    box.hidden = false;
    mark();
  };

  area.addEventListener("input", offer);
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (box.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at = (at + (event.key === "ArrowDown" ? 1 : offered.length - 1)) % offered.length;
      mark();
    } else if (event.key === "Enter" || event.key === "Tab") choose(at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
});
