// Owns the choice among many of a kind where readers take the first or the last.

/** The first and the last few; what lies between is taken by nobody. */
export function edges<T>(all: readonly T[], count: number): readonly T[] {
  return all.length <= 2 * count ? all : [...all.slice(0, count), ...all.slice(-count)];
}
