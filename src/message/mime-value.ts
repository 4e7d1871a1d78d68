// Owns how `value; name=value` headers are written (RFC 2045 s.5.1, RFC 2231). Reading them is
// mime-parameters.ts.
import { decodeOctetString } from './charset.ts';
import { parseMimeValue } from './mime-parameters.ts';

// RFC 2045 s.5.1: what needs no quotes.
const token = /^[!#$%&'*+.^_`{|}~0-9A-Za-z-]+$/;
/** Sections of RFC 2231 s.3 keep the lines of a long name short. */
const maxSectionLength = 60;
const maxNameLength = 255;
/** No program needs more, and a word longer than a line may be cannot be folded. */
const maxKeptLength = 500;

/**
 * A parameter for any text, as pieces to be joined by `; `. What is not ASCII is written twice: plain,
 * with `_` for each such character, and by RFC 2231, which programs prefer that know it. Characters
 * that could break out of the line become `_` as well.
 */
export function textParameter(name: string, text: string): string[] {
  const shown = [...text.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '_')]
    .slice(0, maxNameLength)
    .join('');
  const plain = quoted(shown.replaceAll(/[^ -~]/gu, '_'));
  if (/^[ -~]*$/.test(shown)) return [`${name}=${plain}`];
  return [`${name}=${plain}`, ...extendedParameter(name, shown)];
}

/** The value of a Content-Type with UTF-8 for its charset and, as far as they can be written, its other parameters. */
export function withCharsetUtf8(contentType: string, value: string | undefined): string {
  const others = parseMimeValue(value ?? '').parameters.filter(
    ({ name }) => token.test(name) && name !== 'charset' && !name.startsWith('charset*'),
  );
  const written = others.flatMap(({ name, value: text }) => {
    if (text.length > maxKeptLength) return [];
    // Sections and their escapes stay as they are.
    if (name.includes('*')) return /^[ -~]*$/.test(text) ? [`${name}=${quotedIfNeeded(text)}`] : [];
    return textParameter(name, decodeOctetString(text));
  });
  return [contentType, 'charset=utf-8', ...written].join('; ');
}

function extendedParameter(name: string, text: string): string[] {
  const sections: string[] = [];
  let current = "utf-8''";
  for (const character of text) {
    const written = percentEncoded(character);
    if (current.length + written.length > maxSectionLength) {
      sections.push(current);
      current = '';
    }
    current += written;
  }
  sections.push(current);
  if (sections.length === 1) return [`${name}*=${current}`];
  return sections.map((section, index) => `${name}*${index}*=${section}`);
}

/** RFC 2231 s.7: attribute-char stands for itself. */
function percentEncoded(character: string): string {
  if (/^[!#$&+.^_`{|}~0-9A-Za-z-]$/.test(character)) return character;
  return Buffer.from(character).toString('hex').toUpperCase().replaceAll(/../g, '%$&');
}

function quotedIfNeeded(text: string): string {
  return token.test(text) ? text : quoted(text);
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
