/**
 * Keeps what is being typed in every `form[data-keep]` at the headquarters every few seconds, for its writer alone, and says who else has the
 * same element open. Everything works without it; with it nothing typed is lost to a time-out, a restart or a closed window.
 *
 * `data-keep` is the name under which the form is kept; empty, it is the page's address and the form's id. `data-drawn`: the server itself
 * draws what was kept. Where it does not, what was kept is offered and put into the fields here.
 */
import { each, token } from "./lib/page.ts";
import { called, differs, putBack, values } from "./lib/typed.ts";
import type { Control } from "./lib/typed.ts";

const KEEP_MS = 4_000;
const ALIVE_MS = 30_000;
/** The most that is kept of a form, and the most that can be sent at once: beyond that it is said before anything is lost. */
const KEPT_CHARACTERS = 1_000_000;
const SENT_CHARACTERS = 3_000_000;

interface Said {
  kept?: string;
  beside?: string[];
  revised?: string;
  sentence?: string;
}

interface Found {
  token: string;
  fields?: Record<string, string>;
  note?: string;
}

const words = document.getElementById("writing")?.dataset ?? {};

function controls(form: HTMLFormElement): Iterable<Control> {
  return Array.from(form.elements) as unknown as Control[];
}

async function post(url: string, body: FormData): Promise<Response> {
  return fetch(url, { method: "POST", body, credentials: "same-origin", headers: { "X-CSRFToken": token(), Accept: "application/json" } });
}

class Keeper {
  private last: Record<string, string>;
  private heard = 0;
  private readonly name: string;
  private readonly element: string;
  private readonly told: HTMLElement;
  private readonly beside: HTMLElement | null;
  private leaving = false;
  private busy = false;

  constructor(private readonly form: HTMLFormElement) {
    this.name = form.dataset.keep || `${location.pathname}#${form.id || called(controls(form))}`;
    this.beside = document.getElementById("beside");
    this.element = this.beside?.dataset.element ?? "";
    this.told = form.querySelector<HTMLElement>("[data-kept]") ?? form.appendChild(document.createElement("p"));
    this.told.classList.add("soft", "small");
    this.told.setAttribute("role", "status");
    if (!form.hasAttribute("data-drawn")) this.mark();
    this.last = values(controls(form));
  }

  async begin(): Promise<void> {
    if (!this.form.hasAttribute("data-drawn")) await this.offer();
    this.heard = Date.now();
    if (this.element) await this.say(false);
    window.setInterval(() => void this.tick(), KEEP_MS);
    this.form.addEventListener("submit", (event) => this.sent(event));
    this.form.addEventListener("paste", (event) => this.pasted(event));
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") void this.tick(); });
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.leaving = false; });
  }

  /** Lets the server clear what was kept once it has taken the form. */
  private mark(): void {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "kept_as";
    input.value = this.name;
    this.form.append(input);
  }

  private async tick(): Promise<void> {
    if (this.leaving || this.busy) return;
    const typed = differs(values(controls(this.form)), this.last);
    if (typed || (this.element && Date.now() - this.heard >= ALIVE_MS)) {
      this.busy = true;
      try {
        await this.say(typed);
      } finally {
        this.busy = false;
      }
    }
  }

  /** More than any field holds is not put in: a browser would stand still over it, and it could not be saved. The clipboard still has it. */
  private pasted(event: ClipboardEvent): void {
    if ((event.clipboardData?.getData("text/plain").length ?? 0) > KEPT_CHARACTERS) {
      event.preventDefault();
      this.tell(words.tooMuch ?? "");
      this.told.scrollIntoView({ block: "nearest" });
    }
  }

  /** A form too large to be taken is not sent at all: the page of an error would have nothing of it. */
  private sent(event: SubmitEvent): void {
    if (JSON.stringify(values(controls(this.form))).length > SENT_CHARACTERS) {
      event.preventDefault();
      this.tell(words.tooMuch ?? "");
      this.told.scrollIntoView({ block: "nearest" });
    } else {
      this.leaving = true;
    }
  }

  private body(typed: boolean, now: Record<string, string>): FormData {
    const body = new FormData();
    if (typed) {
      body.set("form", this.name);
      body.set("fields", JSON.stringify(now));
    }
    body.set("based_on", now.based_on ?? "");
    if (this.element) body.set("element", this.element);
    return body;
  }

  private async say(typed: boolean, again = true): Promise<void> {
    const now = values(controls(this.form));
    if (typed && JSON.stringify(now).length > KEPT_CHARACTERS) return this.tell(words.tooMuch ?? "");
    let answer: Response;
    try {
      answer = await post(words.keepUrl ?? "", this.body(typed, now));
    } catch {
      this.tell(words.unreached ?? "");
      return;
    }
    if (answer.status === 403 && again && (await this.renew())) return this.say(typed, false);
    if (answer.status === 401 || answer.redirected) return this.signedOut();
    if (!answer.headers.get("Content-Type")?.includes("json")) return this.tell(words.unreached ?? "");
    const said = (await answer.json()) as Said;
    if (!answer.ok) return this.tell(said.sentence ?? "");
    this.heard = Date.now();
    if (typed) {
      this.last = now;
      this.tell(said.kept ?? "");
    }
    this.show(said);
  }

  /** A page that is older than the sign-in takes the new sign-in's token, so that it can be saved as it stands. */
  private async renew(): Promise<boolean> {
    const found = await this.fetchKept();
    if (!found?.token) return false;
    for (const input of document.querySelectorAll<HTMLInputElement>("input[name=csrfmiddlewaretoken]")) input.value = found.token;
    return true;
  }

  private async fetchKept(): Promise<Found | null> {
    try {
      const answer = await fetch(`${words.keptUrl ?? ""}?form=${encodeURIComponent(this.name)}`, { credentials: "same-origin", headers: { Accept: "application/json" } });
      return answer.ok && answer.headers.get("Content-Type")?.includes("json") ? ((await answer.json()) as Found) : null;
    } catch {
      return null;
    }
  }

  private async offer(): Promise<void> {
    const found = await this.fetchKept();
    const fields = found?.fields;
    if (!fields || !differs(fields, this.last)) return;
    const note = document.createElement("div");
    note.className = "note ask";
    const text = document.createElement("p");
    text.textContent = found?.note ?? "";
    const back = document.createElement("button");
    back.type = "button";
    back.textContent = words.goOn ?? "";
    back.addEventListener("click", () => {
      putBack(controls(this.form), fields);
      note.remove();
    });
    const away = document.createElement("button");
    away.type = "button";
    away.className = "quiet";
    away.textContent = words.throw ?? "";
    away.addEventListener("click", () => {
      const body = new FormData();
      body.set("form", this.name);
      void post(words.dropUrl ?? "", body);
      note.remove();
    });
    const deeds = document.createElement("p");
    deeds.className = "actions";
    deeds.append(back, " ", away);
    note.append(text, deeds);
    this.form.prepend(note);
    const fold = this.form.closest("details");
    if (fold) fold.open = true;
  }

  private tell(sentence: string): void {
    if (this.told.textContent !== sentence) this.told.textContent = sentence;
  }

  private signedOut(): void {
    if (this.told.querySelector("a")) return;
    this.tell(`${words.signedOut ?? ""} `);
    const way = document.createElement("a");
    way.href = words.loginUrl ?? "";
    way.target = "_blank";
    way.rel = "noopener";
    way.textContent = words.signIn ?? "";
    this.told.append(way);
  }

  private show(said: Said): void {
    if (!this.beside) return;
    const sentences = [...(said.beside ?? []), ...(said.revised ? [said.revised] : [])];
    const shown = sentences.join("\n");
    if (this.beside.dataset.shown === shown) return;
    this.beside.dataset.shown = shown;
    this.beside.replaceChildren(
      ...sentences.map((sentence) => {
        const line = document.createElement("p");
        line.className = "note ask";
        line.textContent = `${sentence} ${words.merged ?? ""}`;
        return line;
      }),
    );
  }

  /** The window closes: what was typed since it was last kept goes along, and colleagues learn that the form is no longer open. */
  private leave(): void {
    if (this.leaving) return;
    const now = values(controls(this.form));
    if (differs(now, this.last)) {
      const body = this.body(true, now);
      body.delete("element");
      body.set("csrfmiddlewaretoken", token());
      navigator.sendBeacon(words.keepUrl ?? "", body);
    }
    if (this.element) {
      const body = new FormData();
      body.set("element", this.element);
      body.set("csrfmiddlewaretoken", token());
      navigator.sendBeacon(words.leaveUrl ?? "", body);
    }
  }
}

each("form[data-keep]", (form) => {
  if (form instanceof HTMLFormElement && words.keepUrl) void new Keeper(form).begin();
});
