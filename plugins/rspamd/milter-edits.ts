// Owns the forms in which rspamd writes what is to be done to a header. What has none of them is left out:
// its plugins and those of its users write it, each in its own way. Which fields may be touched is for others.
// Pure.

export interface FieldRemoval {
  readonly name: string;
  /** 0 for all of that name, 1 for the first, -1 for the last. */
  readonly indexes: readonly number[];
}

interface NewField {
  readonly name: string;
  readonly value: string;
}

/** The first of them, in order. */
export function fieldsOf(milter: unknown, mostFields: number): NewField[] {
  const fields: NewField[] = [];
  for (const [name, given] of Object.entries(memberOf(milter, 'add_headers'))) {
    for (const each of Array.isArray(given) ? given.slice(0, mostFields) : [given]) {
      if (fields.length >= mostFields) return fields;
      // A value alone, or with the place where it belongs.
      const value: unknown = typeof each === 'string' ? each : Reflect.get(toObject(each), 'value');
      if (typeof value === 'string') fields.push({ name, value });
    }
  }
  return fields;
}

/** The first of them, in order. */
export function removalsOf(milter: unknown, mostFields: number): FieldRemoval[] {
  return Object.entries(memberOf(milter, 'remove_headers'))
    .slice(0, mostFields)
    .map(([name, given]) => ({
      name,
      indexes: (Array.isArray(given) ? given.slice(0, mostFields) : [given]).filter((each) =>
        Number.isInteger(each),
      ),
    }))
    .filter(({ indexes }) => indexes.length > 0);
}

/** An empty table of Lua is an empty list in JSON. */
function memberOf(milter: unknown, name: string): object {
  const member = toObject(Reflect.get(toObject(milter), name));
  return Array.isArray(member) ? {} : member;
}

function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
