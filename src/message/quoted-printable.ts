// Owns writing text as quoted-printable (RFC 2045 s.6.7). Reading it is in transfer-decoding.ts.

// RFC 2045 s.6.7 (5): lines of at most 76 characters, a `=` for the soft break included.
const maxLineLength = 76;

/**
 * UTF-8 text with CRLF line ends as lines of US-ASCII. Since `=` never stands for itself, a boundary with
 * `=_` in it cannot occur in the result (RFC 2045 s.6.7, last note).
 */
export function toQuotedPrintable(text: string): string {
  return text.toWellFormed().split('\r\n').map(encodeLine).join('\r\n');
}

function encodeLine(line: string): string {
  const characters = [...line];
  const written = characters.map((each) => (/^[\t !-<>-~]$/.test(each) ? each : escaped(each)));
  // An mbox file would take this for the start of another message.
  if (line.startsWith('From ')) written[0] = escaped('F');
  // RFC 2045 s.6.7 (3): white space at the end of a line must be encoded.
  const last = characters.at(-1);
  if (last === ' ' || last === '\t') written[written.length - 1] = escaped(last);
  return breakSoftly(written);
}

/** Each character as a whole in one line. */
function breakSoftly(written: readonly string[]): string {
  const lines: string[] = [];
  let current = '';
  for (const [index, each] of written.entries()) {
    const room = index === written.length - 1 ? maxLineLength : maxLineLength - 1;
    if (current.length + each.length > room) {
      lines.push(current);
      current = '';
    }
    current += each;
  }
  return [...lines, current].join('=\r\n');
}

function escaped(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase().replaceAll(/../g, '=$&');
}
