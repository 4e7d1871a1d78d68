// Owns header values as text for people and for policy. Nothing made here replaces octets on the wire.
import { decodeOctetString, decodeUnlabelled } from './charset.ts';
import { decodeWords } from './encoded-word.ts';
import { extendedValues, percentDecode } from './extended-parameter.ts';
import type { MimeParameter, MimeValue } from './mime-parameters.ts';

/**
 * Decodes encoded words and raw 8-bit octets. Control characters, those of 8 bits too, and line
 * separators become blanks, so that the result is one line and commands no terminal.
 */
export function toReadableText(value: string): string {
  return decodeWords(value).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}

/**
 * Every file name that any client could take from the Content-Type and Content-Disposition fields of a
 * part, those of the dispositions first, without duplicates.
 */
export function fileNamesOf(
  types: readonly MimeValue[],
  dispositions: readonly MimeValue[],
): string[] {
  const names = new Set<string>();
  for (const { parameters } of dispositions) addNames(names, parameters, ['filename', 'name']);
  for (const { parameters } of types) addNames(names, parameters, ['name', 'filename']);
  names.delete('');
  return [...names];
}

/** Parameter for the grammar of a message (boundary, charset): the plain form, else the RFC 2231 one. */
export function findParameter(
  parameters: readonly MimeParameter[],
  name: string,
): string | undefined {
  const plain = parameters.find((parameter) => parameter.name === name);
  return plain === undefined ? extendedValues(parameters, name)[0] : plain.value;
}

function addNames(
  found: Set<string>,
  parameters: readonly MimeParameter[],
  keys: readonly string[],
): void {
  for (const key of keys) {
    if (!parameters.some(({ name }) => name.startsWith(key))) continue;
    const extended = extendedValues(parameters, key);
    const plain = parameters.filter(({ name }) => name === key);
    const decoded = [...extended, ...plain.flatMap(({ readings }) => readings)].flatMap(decodings);
    for (const name of [...extended, ...decoded]) found.add(name);
  }
}

/** Clients differ on which encodings they undo inside a name. */
function decodings(name: string): string[] {
  if (/^[ -$&-~]*$/.test(name) && !name.includes('=?')) return [name];
  const found: string[] = [];
  if (isOctetString(name)) {
    found.push(decodeWords(name), decodeOctetString(name));
    if (/%[0-9a-f]{2}/i.test(name)) found.push(decodeUnlabelled(percentDecode(name)));
  } else {
    found.push(name);
  }
  // A fold in the middle of a name leaves a tab, which some clients drop.
  return found.flatMap((text) =>
    text.includes('\t') ? [text, text.replaceAll('\t', '')] : [text],
  );
}

function isOctetString(text: string): boolean {
  return !/[^\0-\xff]/.test(text);
}
