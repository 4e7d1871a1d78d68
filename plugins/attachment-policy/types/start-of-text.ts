// Owns reading octets as text where nothing says in which encoding they are. Pure.

/** UTF-16 by its mark or by its zero octets, which `<` and letters have in turn; else latin1. */
export function startOfText(octets: Buffer): string {
  const [first, second] = octets;
  if (first === 0xff && second === 0xfe) return decode('utf-16le', octets.subarray(2));
  if (first === 0xfe && second === 0xff) return decode('utf-16be', octets.subarray(2));
  if (first === 0xef && second === 0xbb) return octets.toString('latin1', 3);
  if (first !== 0 && second === 0 && octets[3] === 0) return decode('utf-16le', octets);
  if (first === 0 && second !== 0 && octets[2] === 0) return decode('utf-16be', octets);
  return octets.toString('latin1');
}

function decode(encoding: 'utf-16le' | 'utf-16be', octets: Buffer): string {
  return new TextDecoder(encoding).decode(octets);
}
