// Owns how a new header field is written: checked, encoded, folded. Fields of the sender never pass here.
import { AppError } from '../base/errors.ts';
import { encodeWords } from './encoded-word.ts';
import { trimBlanks } from './header-fields.ts';

// RFC 5322 s.2.1.1: lines should stay within 78 characters.
const maxLineLength = 78;
// RFC 5322 s.3.6.8: printable US-ASCII except the colon.
const fieldName = /^[!-9;-~]{1,127}$/;

/** One field with CRLF line ends. Throws HEADER_INVALID when name or value cannot be written. */
export function toHeaderLine(name: string, value: string): Buffer {
  if (!fieldName.test(name)) throw invalid('not a field name', name);
  if (/[\r\n\0]/.test(value)) throw invalid('line break or NUL in a value', name);
  const text = encodeWords(trimBlanks(value), name.length + 2);
  return Buffer.from(text === '' ? `${name}:\r\n` : `${fold(`${name}: ${text}`)}\r\n`, 'latin1');
}

/** Breaks before white space only, so that unfolding gives the same text. */
function fold(line: string): string {
  if (line.length <= maxLineLength) return line;
  const [head = '', ...words] = line.split(/(?<=[^ \t])(?=[ \t])/);
  const lines: string[] = [];
  let current = head;
  for (const [index, word] of words.entries()) {
    // The first word stays beside the name: some clients take a bare `Name:` line for an empty field.
    if (index > 0 && current.length + word.length > maxLineLength) {
      lines.push(current);
      current = word;
    } else {
      current += word;
    }
  }
  lines.push(current);
  return lines.join('\r\n');
}

function invalid(reason: string, name: string): AppError {
  return new AppError('HEADER_INVALID', {
    fault: 'plugin',
    publicText: 'a filter produced a header field that cannot be sent',
    details: { reason, field: name.slice(0, 127) },
  });
}
