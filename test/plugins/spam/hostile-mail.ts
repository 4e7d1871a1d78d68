// Owns messages that are made to cost a filter time or memory. Each grows with `size`, and what is kept
// of it must not.

export interface HostileMail {
  readonly name: string;
  /** Pieces as they would arrive, so that the largest need not be in memory as a whole. */
  pieces(size: number): Iterable<Buffer>;
  /** How large it gets in the tests. */
  readonly largest: number;
}

const header = 'From: a@sender.example\nSubject: offer\n';
const pieceOctets = 64 * 1024;

/** `head`, then `unit` again and again. */
function repeated(name: string, head: string, unit: string, largest = 300_000): HostileMail {
  return {
    name,
    largest,
    *pieces(size) {
      yield Buffer.from(head, 'latin1');
      const each = Buffer.from(unit, 'latin1');
      const units = Math.ceil(pieceOctets / each.length);
      const piece = Buffer.concat(Array.from({ length: units }, () => each));
      for (let left = size; left > 0; left -= units) {
        yield left < units ? piece.subarray(0, left * each.length) : piece;
      }
    },
  };
}

function numbered(name: string, unit: (at: number) => string, largest: number): HostileMail {
  return {
    name,
    largest,
    *pieces(size) {
      for (let at = 0; at < size; at += 1000) {
        const lines = Array.from({ length: Math.min(1000, size - at) }, (_, more) =>
          unit(at + more),
        );
        yield Buffer.from(lines.join(''), 'latin1');
      }
    },
  };
}

function html(name: string, unit: string): HostileMail {
  return repeated(name, `${header}Content-Type: text/html\n\n`, unit);
}

function typed(name: string, type: string, unit: string): HostileMail {
  return repeated(name, `${header}Content-Type: ${type}\n\n`, unit);
}

const mixed = `${header}Content-Type: multipart/mixed; boundary=b\n\n`;

export const hostileMails: readonly HostileMail[] = [
  // 100 MB.
  repeated('a text of 100 MB', `${header}\n`, 'words and words\n', 6_250_000),
  html('an HTML text', '<p>words <b>and</b> words\n'),
  repeated(
    'a text of 100 MB in base64',
    `${header}Content-Transfer-Encoding: base64\n\n`,
    `${'QUJD'.repeat(19)}\n`,
    1_300_000,
  ),
  // Headers.
  repeated('one field 100,000 times', header, 'X-Field: some value\n', 100_000),
  numbered('100,000 fields', (at) => `X-Field-${at}: value ${at}\n`, 100_000),
  repeated('a field without end', `${header}X-Long: `, 'word ', 1_000_000),
  repeated('a subject of encoded words', 'Subject: ', '=?utf-8?Q?=41?= '),
  repeated('a sender of quotes', 'From: ', '"(<@'),
  repeated('a Message-ID without end', 'Message-ID: ', 'a1-'),
  repeated('parameters', `${header}Content-Type: text/plain`, '; charset="'),
  repeated('continued parameters', `${header}Content-Type: text/plain`, '; charset*0*=a'),
  // Parts.
  repeated('10,000 parts', mixed, '--b\n\nwords of a part\n', 10_000),
  repeated('files', mixed, '--b\nContent-Disposition: attachment; filename=a.b.c\n\nx\n', 10_000),
  repeated('boundaries in a line', mixed, '--b'),
  numbered(
    'parts within parts',
    (at) => `Content-Type: multipart/mixed; boundary="b${at}"\n\n--b${at}\n`,
    20_000,
  ),
  numbered(
    'messages within messages',
    (at) => `Subject: ${at}\nContent-Type: message/rfc822\n\n`,
    20_000,
  ),
  // HTML.
  ...['<', '<!--', '<a ', '<a href="', '</', '<style>', '<title>', '<p style="color:', '<div>'].map(
    (unit) => html(`nothing but ${unit}`, unit),
  ),
  ...['&', '&#', '&aaaaaaaaaaaaaaaa', '&#x110000;'].map((unit) =>
    html(`nothing but ${unit}`, unit),
  ),
  html('elements that are closed crosswise', '<p><b></p></b>'),
  html('hidden text', '<p style="display:none">words</p>'),
  html('words broken by comments', 'vi<!-- x -->ag'),
  html('links', '<a href="http://a.b.c.example/">x</a>'),
  html('images', '<img src="http://a.example/?'),
  // Texts on which expressions run wild, and charsets that are none.
  ...[
    'a',
    ' ',
    '\t\n',
    'a.',
    'a@',
    '://',
    'http://',
    'a b ',
    '\0',
    '\r',
    '\x7f',
    '\xff',
    '(',
    'a-',
    '=\n',
  ].map((unit) => repeated(`nothing but ${JSON.stringify(unit)}`, `${header}\n`, unit)),
  typed('UTF-8 cut short', 'text/plain; charset=utf-8', '\xe2\x80'),
  typed('invisible characters', 'text/plain; charset=utf-8', 'a\xe2\x80\x8b'),
  typed('marks upon marks', 'text/plain; charset=utf-8', 'a\xcc\x81\xcc\x82'),
  typed('letters of mathematics', 'text/plain; charset=utf-8', '\xf0\x9d\x93\xaa'),
  typed('the longest ligature', 'text/plain; charset=utf-8', '\xef\xb7\xba'),
  typed('half characters of UTF-16', 'text/plain; charset=utf-16', '\xd8'),
  typed('escapes of ISO-2022', 'text/plain; charset=iso-2022-jp', '\x1b$B'),
  typed('a charset that is none', 'text/plain; charset=\\"', 'words '),
  repeated(
    'nothing but = in quoted-printable',
    `${header}Content-Transfer-Encoding: quoted-printable\n\n`,
    '=',
  ),
];
