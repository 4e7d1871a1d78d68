// Owns which Latin letter a character is made to look like. It judges no word.

/** Letters of other scripts that look like these, by code point. */
const lookAlikes: readonly (readonly [string, string])[] = [
  ['a', '\u0430\u03b1\u0251\u1d00'],
  ['b', '\u0432\u03b2\u044c\u0184\u13cf'],
  ['c', '\u0441\u03f2\u1d04\u00a2'],
  ['d', '\u0501\u13e7\u146f'],
  ['e', '\u0435\u0454\u03b5\u212e\u0451'],
  ['f', '\u03dd\u0192'],
  ['g', '\u0261\u0581'],
  ['h', '\u04bb\u043d\u0570\u13c2'],
  ['i', '\u0456\u0457\u03b9\u0131\u04cf\u2170'],
  ['j', '\u0458\u03f3'],
  ['k', '\u043a\u03ba\u1d0b'],
  ['l', '\u217c\u01c0\u0399\u05c0'],
  ['m', '\u043c\u1d0d\u217f'],
  ['n', '\u0578\u057c\u03b7\u043f'],
  ['o', '\u043e\u03bf\u0585\u03c3\u1d0f\u0966\u0ae6'],
  ['p', '\u0440\u03c1\u2374'],
  ['q', '\u051b\u0566'],
  ['r', '\u0433\u1d26\u0280'],
  ['s', '\u0455\u0282\ua731'],
  ['t', '\u0442\u03c4\u1d1b'],
  ['u', '\u057d\u03c5\u028b\u0446'],
  ['v', '\u03bd\u0475\u1d20\u2174'],
  ['w', '\u0461\u051d\u03c9\u0448\u1d21'],
  ['x', '\u0445\u03c7\u2179'],
  ['y', '\u0443\u04af\u03b3\u028f'],
  ['z', '\u1d22\u0290'],
];
const tableSize = 0x3000;
const table: Uint16Array = makeTable();

function makeTable(): Uint16Array {
  const made = new Uint16Array(tableSize);
  for (let code = 0xa0; code < tableSize; code += 1) {
    // Accents and other decorations go; what is left counts only where it is a Latin letter.
    const plain = String.fromCharCode(code).normalize('NFKD').toLowerCase().charCodeAt(0);
    if (plain >= 0x61 && plain <= 0x7a) made[code] = plain;
  }
  for (const [letter, others] of lookAlikes) {
    for (let at = 0; at < others.length; at += 1) {
      const code = others.charCodeAt(at);
      if (code < tableSize) made[code] = letter.charCodeAt(0);
    }
  }
  return made;
}

/** The Latin letter that this code unit looks like, or 0. For codes above ASCII, in lower case. */
export function latinLookAlike(code: number): number {
  if (code < tableSize) return table[code] ?? 0;
  // Full-width forms.
  if (code >= 0xff21 && code <= 0xff3a) return code - 0xff21 + 0x61;
  if (code >= 0xff41 && code <= 0xff5a) return code - 0xff41 + 0x61;
  return 0;
}

/** Of a digit or sign within a word: `v1agra`, `c@sh`. Else 0. */
export function letterForSign(code: number): number {
  switch (code) {
    case 0x30:
      return 0x6f;
    case 0x31:
    case 0x21:
    case 0x7c:
      return 0x69;
    case 0x33:
      return 0x65;
    case 0x34:
    case 0x40:
      return 0x61;
    case 0x35:
    case 0x24:
      return 0x73;
    default:
      return 0;
  }
}

/** Characters that are there and show nothing. */
export function isInvisible(code: number): boolean {
  return (
    code === 0xad ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x2064) ||
    code === 0xfeff ||
    code === 0x34f ||
    code === 0x180e ||
    (code >= 0x300 && code <= 0x36f)
  );
}
