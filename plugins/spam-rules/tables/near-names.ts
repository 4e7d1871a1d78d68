// Owns finding names that differ from another one by one letter. Pure.

/**
 * Letters left out, one at a time: two names within one change of each other share one of these. Found by
 * looking up, so that the time does not depend on how many names there are.
 */
export class NearNames {
  readonly #names = new Map<string, Set<string>>();

  constructor(names: Iterable<string>) {
    for (const name of names) {
      for (const variant of variants(name)) {
        const known = this.#names.get(variant) ?? new Set();
        this.#names.set(variant, known.add(name));
      }
    }
  }

  /** One that is not the name itself. */
  find(name: string): string | undefined {
    if (name.length > longestName) return undefined;
    for (const variant of variants(name)) {
      for (const near of this.#names.get(variant) ?? []) {
        if (near !== name && isOneChange(near, name)) return near;
      }
    }
    return undefined;
  }
}

const longestName = 63;

function variants(name: string): string[] {
  const shorter = Array.from(name, (_, at) => name.slice(0, at) + name.slice(at + 1));
  return [name, ...shorter];
}

/** One letter more, less or other, or two neighbours exchanged. */
export function isOneChange(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1 || one === other) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const [rest, otherRest] = [one.slice(start), other.slice(start)];
  const isExchanged =
    rest[0] === otherRest[1] && rest[1] === otherRest[0] && rest.slice(2) === otherRest.slice(2);
  return (
    rest.slice(1) === otherRest.slice(1) ||
    rest.slice(1) === otherRest ||
    rest === otherRest.slice(1) ||
    isExchanged
  );
}
