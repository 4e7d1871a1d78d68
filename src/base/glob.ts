// Owns patterns of names: `*` is any run of characters, `?` any one; case does not count. Linear in the
// length of the text for each `*`, so that no pattern can be made slow by a text.

/** Does the whole text fit the pattern? */
export function matchesGlob(pattern: string, text: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), text.toLowerCase()];
  let [at, from] = [0, 0];
  let star: { readonly at: number; from: number } | undefined;
  while (from < given.length) {
    if (wanted[at] === '*') {
      star = { at, from };
      at += 1;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[from])) {
      at += 1;
      from += 1;
    } else if (star !== undefined) {
      star.from += 1;
      at = star.at + 1;
      from = star.from;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}
