// Owns patterns for names and types: `*` is any text, `?` one character. Pure; time is bounded by the
// product of both lengths, whoever chose the text.

export type Glob = (text: string) => boolean;

/** Without regard to case. */
export function glob(pattern: string): Glob {
  const wanted = pattern.toLowerCase();
  return (text) => matches(wanted, text.toLowerCase());
}

function matches(pattern: string, text: string): boolean {
  let [at, inText] = [0, 0];
  /** The last star, and where the text behind it starts: one star to go back to is enough. */
  let star: { readonly at: number; inText: number } | undefined;
  while (inText < text.length) {
    const sign = pattern.charAt(at);
    if (sign === '*') {
      star = { at, inText };
      at += 1;
    } else if (sign === '?' || (sign !== '' && sign === text.charAt(inText))) {
      at += 1;
      inText += 1;
    } else if (star !== undefined) {
      star.inText += 1;
      at = star.at + 1;
      inText = star.inText;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(at));
}
