/** Which colleague is being mentioned where the caret stands, and what the text becomes when one is chosen. No page is needed to test it. */

export interface Colleague {
  username: string;
  name: string;
}

/** What is typed after an @ that stands alone, up to the caret; null where nobody is being mentioned there. */
export function asked(text: string, caret: number): string | null {
  const found = /(?:^|[^\w@./+-])@((?:\w[\w.@+-]{0,149})?)$/.exec(text.slice(0, caret));
  return found?.[1] ?? null;
}

/** Those whose username or a word of whose name begins with what is typed, usernames first; at most `most`. */
export function matching(people: readonly Colleague[], typed: string, most = 6): Colleague[] {
  const wanted = typed.toLowerCase();
  const by = (one: Colleague): number =>
    one.username.toLowerCase().startsWith(wanted) ? 0 : one.name.toLowerCase().split(/\s+/).some((word) => word.startsWith(wanted)) ? 1 : 2;
  return people.filter((one) => by(one) < 2).sort((one, other) => by(one) - by(other)).slice(0, most);
}

/** The text with what is typed after the @ replaced by the username and a space, and where the caret then stands. */
export function completed(text: string, caret: number, username: string): { text: string; caret: number } {
  const typed = asked(text, caret);
  if (typed === null) return { text, caret };
  const start = caret - typed.length;
  const rest = text.slice(caret);
  const gap = /^\s/.test(rest) ? "" : " ";
  return { text: `${text.slice(0, start)}${username}${gap}${rest}`, caret: start + username.length + 1 };
}
