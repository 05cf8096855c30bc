/** What stands in a form, as plain names and texts: what is kept while somebody types, and how it is put back. */

/** Never kept: the anti-forgery token, which button was pressed, and passwords. */
const NEVER = new Set(["csrfmiddlewaretoken", "do", "kept_as"]);

export interface Control {
  name: string;
  value: string;
  type: string;
  checked?: boolean;
  disabled?: boolean;
}

/** Name to text of every control that would be sent, the last of each name; nothing that is secret. */
export function values(controls: Iterable<Control>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const control of controls) {
    const { name, type } = control;
    if (!name || control.disabled || NEVER.has(name) || type === "password" || type === "file" || type === "submit" || type === "button") continue;
    if ((type === "checkbox" || type === "radio") && !control.checked) continue;
    found[name] = control.value;
  }
  return found;
}

/** Puts kept texts back into the controls; says how many names no longer have one. Hidden controls stay as the page has them. */
export function putBack(controls: Iterable<Control>, fields: Record<string, string>): number {
  const left = new Set(Object.keys(fields));
  for (const control of controls) {
    const text = fields[control.name];
    if (control.type === "hidden" || NEVER.has(control.name) || control.type === "password") {
      left.delete(control.name);
      continue;
    }
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = text !== undefined && control.value === text;
    } else if (text !== undefined && control.type !== "submit" && control.type !== "button" && control.type !== "file") {
      control.value = text;
    }
    left.delete(control.name);
  }
  return left.size;
}

/** Whether two sets of texts differ. */
export function differs(one: Record<string, string>, other: Record<string, string>): boolean {
  const names = Object.keys(one);
  return names.length !== Object.keys(other).length || names.some((name) => one[name] !== other[name]);
}

/** A name for a form among others of its page: its first input, and what its hidden ones tell it apart by. */
export function called(controls: Iterable<Control>): string {
  let first = "";
  const hidden: string[] = [];
  for (const { name, type, value } of controls) {
    if (!name || NEVER.has(name)) continue;
    if (type === "hidden") {
      if (name !== "based_on" && name !== "version" && name !== "next") hidden.push(value);
    } else if (!first && type !== "submit" && type !== "button") first = name;
  }
  return [first, ...hidden].join(":").slice(0, 200);
}
