// Owns what `ip -j rule` and `ip -j route show table N` say of packets that TPROXY has marked. Pure.

/** Throws a SyntaxError for what is no JSON. */
export function hasRule(listing: string, mark: number): boolean {
  return objectsOf(listing).some((rule) => {
    const found = Reflect.get(rule, 'fwmark');
    return Number(found) === mark && String(Reflect.get(rule, 'table')) === String(mark);
  });
}

/** The whole of the family goes to this machine itself. */
export function hasLocalRoute(listing: string): boolean {
  return objectsOf(listing).some(
    (route) => Reflect.get(route, 'type') === 'local' && Reflect.get(route, 'dst') === 'default',
  );
}

function objectsOf(listing: string): object[] {
  // Without anything to say, some versions print nothing at all.
  const value: unknown = JSON.parse(listing.trim() === '' ? '[]' : listing);
  return Array.isArray(value)
    ? value.filter((each) => typeof each === 'object' && each !== null)
    : [];
}
