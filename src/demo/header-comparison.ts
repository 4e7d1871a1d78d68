// Owns the comparison of a header before and after the proxy. It changes nothing.

/** One header field as it stands, folds included, without its last line end. */
export function headerFields(header: Buffer): string[] {
  return header
    .toString('latin1')
    .split(/\r\n(?![ \t])/)
    .filter((field) => field !== '');
}

export function fieldNamed(fields: readonly string[], name: string): string | undefined {
  return fields.find((field) => isNamed(field, name));
}

export function isNamed(field: string, name: string): boolean {
  return field.slice(0, field.indexOf(':')).trim().toLowerCase() === name.toLowerCase();
}

/** The first field of `wanted` that is not found in `present` behind its predecessors. */
export function findMissingField(
  wanted: readonly string[],
  present: readonly string[],
): string | undefined {
  let next = 0;
  for (const field of wanted) {
    const at = present.indexOf(field, next);
    if (at === -1) return field;
    next = at + 1;
  }
  return undefined;
}
