// Owns header lines whose only purpose is their length: they make a message as long as was announced.

const name = 'X-Postern-Pad: ';
const lineMaxOctets = 80;
const lf = 0x0a;
const cr = 0x0d;
const space = 0x20;
const dot = 0x2e;

/** The fewest octets that padding can take: a field with one character. */
export const paddingMinOctets = name.length + 1 + '\r\n'.length;

/** One field of exactly `octets`, folded below 78 characters; undefined when there is no such field. */
export function paddingField(octets: number): Buffer | undefined {
  if (octets === 0) return Buffer.alloc(0);
  if (octets < paddingMinOctets) return undefined;
  const field = Buffer.allocUnsafe(octets).fill(dot);
  field.write(name, 'latin1');
  const lines = Math.ceil(octets / lineMaxOctets);
  for (let line = 1; line <= lines; line += 1) {
    // Evenly divided, so that no line is too short for a character of its own.
    const end = Math.floor((line * octets) / lines);
    field[end - 2] = cr;
    field[end - 1] = lf;
    if (line < lines) field[end] = space;
  }
  return field;
}
