// Owns the step from octets to text, for reading only. Nothing decoded here is ever relayed.

/** Decodes by the label; an unknown label gives latin1, in which every octet is some character. */
export function decodeCharset(octets: Buffer, label: string): string {
  try {
    return new TextDecoder(label).decode(octets);
  } catch {
    return octets.toString('latin1');
  }
}

/** Octets without a declared charset: UTF-8 if they are valid UTF-8, else latin1. */
export function decodeUnlabelled(octets: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return octets.toString('latin1');
  }
}

/** The same for a string that holds one octet per character. */
export function decodeOctetString(latin1: string): string {
  return isAscii(latin1) ? latin1 : decodeUnlabelled(Buffer.from(latin1, 'latin1'));
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
