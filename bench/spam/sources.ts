// Owns which sources of mail a default model may be made of.

/** Non-commercial terms: measured with, never shipped. */
const measuredOnly: ReadonlySet<string> = new Set(['phishing_pot']);

export function mayShip(source: string): boolean {
  return !measuredOnly.has(source);
}

/** Ham of a time of which there is no spam that a default model may be made of. */
export function standsAlone(source: string): boolean {
  return source.startsWith('list-');
}
