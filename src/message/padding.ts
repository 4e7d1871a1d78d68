// Owns header lines whose only purpose is their length: they make a message as long as was announced.

const name = 'X-Postern-Pad: ';
const lineMaxOctets = 80;

/** The fewest octets that padding can take: a field with one character. */
export const paddingMinOctets = name.length + 1 + '\r\n'.length;

/** One field of exactly `octets`, folded below 78 characters; undefined when there is no such field. */
export function paddingField(octets: number): Buffer | undefined {
  if (octets === 0) return Buffer.alloc(0);
  if (octets < paddingMinOctets) return undefined;
  const lines = Math.ceil(octets / lineMaxOctets);
  const text: string[] = [];
  for (let line = 0; line < lines; line++) {
    // Evenly divided, so that no line is too short for a character of its own.
    const length = Math.floor(((line + 1) * octets) / lines) - Math.floor((line * octets) / lines);
    const start = line === 0 ? name : ' ';
    text.push(`${start}${'.'.repeat(length - start.length - '\r\n'.length)}\r\n`);
  }
  return Buffer.from(text.join(''));
}
