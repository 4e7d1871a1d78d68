// Owns character references of HTML as far as they can stand in a URI or between its letters. Pure.

/** All that RFC 3986 gives a meaning, and blanks; names of letters with accents stay as they are. */
const named: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['AMP', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', '\u00a0'],
  ['shy', '\u00ad'],
  ['Tab', '\t'],
  ['NewLine', '\n'],
  ['excl', '!'],
  ['num', '#'],
  ['dollar', '$'],
  ['percnt', '%'],
  ['lpar', '('],
  ['rpar', ')'],
  ['ast', '*'],
  ['plus', '+'],
  ['comma', ','],
  ['period', '.'],
  ['sol', '/'],
  ['colon', ':'],
  ['semi', ';'],
  ['equals', '='],
  ['quest', '?'],
  ['commat', '@'],
  ['lsqb', '['],
  ['bsol', '\\'],
  ['rsqb', ']'],
  ['lowbar', '_'],
  ['hyphen', '\u2010'],
  ['ZeroWidthSpace', '\u200b'],
  ['zwj', '\u200d'],
  ['zwnj', '\u200c'],
]);

const reference = /&(?:#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))|([a-z]{2,14})(?=;));?/gi;

export function decodeReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(
    reference,
    (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
      if (name !== undefined) return named.get(name) ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
    },
  );
}
