// Owns header values as text for people and for policy. Nothing made here replaces octets on the wire.
import { decodeOctetString, decodeUnlabelled } from './charset.ts';
import { decodeWords } from './encoded-word.ts';
import { extendedValues, percentDecode } from './extended-parameter.ts';
import { type MimeParameter, parseMimeValue } from './mime-parameters.ts';

/**
 * Decodes encoded words and raw 8-bit octets. Control characters, those of 8 bits too, and line
 * separators become blanks, so that the result is one line and commands no terminal.
 */
export function toReadableText(value: string): string {
  return decodeWords(value).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}

/**
 * Every file name that any client could take from the two headers of a part, the likeliest first,
 * without duplicates. Arguments are unfolded values, one octet per character.
 */
export function fileNamesOf(
  contentType: string | undefined,
  contentDisposition: string | undefined,
): string[] {
  const disposition = parseMimeValue(contentDisposition ?? '').parameters;
  const type = parseMimeValue(contentType ?? '').parameters;
  const names = [
    ...namesIn(disposition, 'filename'),
    ...namesIn(type, 'name'),
    ...namesIn(disposition, 'name'),
    ...namesIn(type, 'filename'),
  ];
  return [...new Set(names)].filter((name) => name !== '');
}

/** Parameter for the grammar of a message (boundary, charset): the plain form, else the RFC 2231 one. */
export function findParameter(
  parameters: readonly MimeParameter[],
  name: string,
): string | undefined {
  const plain = parameters.find((parameter) => parameter.name === name);
  return plain === undefined ? extendedValues(parameters, name)[0] : plain.value;
}

function namesIn(parameters: readonly MimeParameter[], name: string): string[] {
  const extended = extendedValues(parameters, name);
  const plain = parameters.filter((parameter) => parameter.name === name);
  const readings = plain.flatMap((parameter) => parameter.readings);
  return [...extended, ...extended.flatMap(decodings), ...readings.flatMap(decodings)];
}

/** Clients differ on which encodings they undo inside a name. */
function decodings(name: string): string[] {
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
