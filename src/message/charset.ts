// Owns the step from octets to text, for reading. What is relayed are the octets.

/** Names that mail uses and the Encoding Standard, by which TextDecoder goes, does not know. */
const mailLabels: ReadonlyMap<string, string> = new Map([
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['ms936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['uhc', 'euc-kr'],
  ['cp950', 'big5'],
  ['cp65001', 'utf-8'],
]);
/** Much of what says so is no ASCII: then it is most likely UTF-8. */
const asciiLabels = new Set(['us-ascii', 'ascii', 'ansi_x3.4-1968', 'iso646-us']);

/** Decodes by the label; an unknown label gives latin1, in which every octet is some character. */
export function decodeCharset(octets: Buffer, label: string): string {
  return decodeKnown(octets, label) ?? octets.toString('latin1');
}

/** The text of a part, without a byte order mark; undefined when its charset is not known. */
export function decodeText(octets: Buffer, label: string | undefined): string | undefined {
  const name = label?.trim().toLowerCase();
  if (name === undefined || name === '' || asciiLabels.has(name)) {
    return decodeUnlabelled(octets).replace(/^\uFEFF/, '');
  }
  return decodeKnown(octets, mailLabels.get(name) ?? name);
}

function decodeKnown(octets: Buffer, label: string): string | undefined {
  try {
    return new TextDecoder(label).decode(octets);
  } catch {
    return undefined;
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
