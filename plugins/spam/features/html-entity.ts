// Owns the characters that stand behind HTML character references, as far as mail uses them.

const names: ReadonlyMap<string, string> = new Map([
  ['nbsp', ' '],
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['rsquo', "'"],
  ['lsquo', "'"],
  ['rdquo', '"'],
  ['ldquo', '"'],
  ['ndash', '-'],
  ['mdash', '-'],
  ['copy', '\u00a9'],
  ['reg', '\u00ae'],
  ['trade', '\u2122'],
  ['euro', '\u20ac'],
  ['pound', '\u00a3'],
  ['hellip', '...'],
  ['bull', '\u2022'],
  ['middot', '\u00b7'],
  ['shy', ''],
  ['zwnj', ''],
  ['zwj', ''],
  ['ensp', ' '],
  ['emsp', ' '],
  ['thinsp', ' '],
  ['auml', '\u00e4'],
  ['ouml', '\u00f6'],
  ['uuml', '\u00fc'],
  ['szlig', '\u00df'],
  ['eacute', '\u00e9'],
  ['egrave', '\u00e8'],
  ['agrave', '\u00e0'],
  ['aacute', '\u00e1'],
  ['iacute', '\u00ed'],
  ['oacute', '\u00f3'],
  ['uacute', '\u00fa'],
  ['ntilde', '\u00f1'],
  ['ccedil', '\u00e7'],
  ['atilde', '\u00e3'],
  ['otilde', '\u00f5'],
  ['ecirc', '\u00ea'],
  ['acirc', '\u00e2'],
]);
const maxReferenceLength = 10;

/** Linear, and what is no reference stays. */
export function decodeEntities(text: string): string {
  let at = text.indexOf('&');
  if (at === -1) return text;
  let decoded = '';
  let copied = 0;
  while (at !== -1) {
    const end = text.indexOf(';', at + 1);
    if (end === -1) break;
    const character =
      end - at <= maxReferenceLength ? characterOf(text.slice(at + 1, end)) : undefined;
    if (character !== undefined) {
      decoded += text.slice(copied, at) + character;
      copied = end + 1;
    }
    at = text.indexOf('&', character === undefined ? at + 1 : copied);
  }
  return decoded + text.slice(copied);
}

function characterOf(reference: string): string | undefined {
  if (!reference.startsWith('#')) return names.get(reference) ?? names.get(reference.toLowerCase());
  const isHex = reference.charCodeAt(1) === 0x78 || reference.charCodeAt(1) === 0x58;
  const code = Number.parseInt(reference.slice(isHex ? 2 : 1), isHex ? 16 : 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
