// Owns what may be kept for a plugin: which keys, in which order, and how large a value.

const maxKeyLength = 512;
const maxJsonLength = 64 * 1024;

/** The value as JSON. Throws a TypeError or RangeError that names the key. */
export function checkedValue(key: string, value: unknown): string {
  if (key === '' || key.length > maxKeyLength) {
    throw new RangeError(`a key has 1 to ${maxKeyLength} characters`);
  }
  // Half a surrogate pair has no UTF-8, so two such keys could become the same one on the disk.
  if (!key.isWellFormed()) throw new TypeError('a key is well-formed Unicode');
  const json: unknown = JSON.stringify(value);
  if (typeof json !== 'string') throw new TypeError(`the value of '${key}' is not JSON`);
  if (json.length > maxJsonLength) {
    throw new RangeError(`the value of '${key}' is longer than ${maxJsonLength} characters`);
  }
  return json;
}

/** By code points, which is also the order of their UTF-8. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
