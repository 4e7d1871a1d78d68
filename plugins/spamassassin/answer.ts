// Owns what an answer of spamd says. Pure. Whatever is not exactly understood is an error, never a score.

export interface SpamdAnswer {
  /** As exit codes of sysexits.h: 0 is well. */
  readonly code: number;
  /** `EX_OK`, `PONG`, or what is wrong. */
  readonly text: string;
  /** By name in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface Rating {
  readonly points: number;
  /** From which on SpamAssassin calls a message spam. */
  readonly required: number;
}

export class AnswerError extends Error {}

const maxHeadBytes = 8 * 1024;
const maxFields = 50;
const longestShown = 200;
const statusPattern = /^SPAMD\/\d{1,3}\.\d{1,3} (\d{1,3}) ([ -~]{0,1000})$/;
const fieldPattern = /^([A-Za-z-]{1,64}): {0,8}([\x20-\x7e]{0,1000})$/;

/** `said` is everything until spamd closed the connection. */
export function parseAnswer(said: Buffer): SpamdAnswer {
  const { head, body, isAlone } = split(said);
  const [status = '', ...lines] = head.split('\r\n');
  const [, code, text] = statusPattern.exec(status) ?? [];
  if (code === undefined || text === undefined) {
    throw new AnswerError(`spamd gave an unknown answer: ${printable(status)}`);
  }
  // A cut answer must not be taken for one without fields.
  if (code === '0' && text !== 'PONG' && isAlone) {
    throw new AnswerError('spamd gave no complete answer');
  }
  if (lines.length > maxFields) throw new AnswerError('the answer of spamd has too many fields');
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = fieldPattern.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new AnswerError(`spamd gave an unknown field: ${printable(line)}`);
    }
    fields.set(name.toLowerCase(), value.trim());
  }
  checkLength(fields.get('content-length'), body);
  return { code: Number(code), text, fields, body };
}

/** `True ; 15.2 / 5.0`. */
export function ratingOf({ fields }: SpamdAnswer): Rating {
  const field = fields.get('spam') ?? '';
  const number = String.raw`(-?\d{1,7}(?:\.\d{1,6})?)`;
  const pattern = new RegExp(`^(?:True|False|Yes|No) ; ${number} / ${number}$`);
  const [, points, required] = pattern.exec(field) ?? [];
  if (points === undefined || required === undefined) {
    throw new AnswerError(`spamd gave no score: ${printable(field)}`);
  }
  return { points: Number(points), required: Number(required) };
}

interface Split {
  readonly head: string;
  readonly body: Buffer;
  /** Nothing follows the first line: so answers end that report an error. */
  readonly isAlone: boolean;
}

function split(said: Buffer): Split {
  const end = said.subarray(0, maxHeadBytes).indexOf('\r\n\r\n');
  if (end !== -1) {
    const head = said.toString('latin1', 0, end);
    return { head, body: said.subarray(end + 4), isAlone: false };
  }
  const text = said.toString('latin1', 0, maxHeadBytes);
  const isLine = said.length <= maxHeadBytes && text.indexOf('\r\n') === text.length - 2;
  if (!isLine) throw new AnswerError(`spamd gave no complete answer: ${printable(text)}`);
  return { head: text.slice(0, -2), body: Buffer.alloc(0), isAlone: true };
}

function checkLength(given: string | undefined, body: Buffer): void {
  if (given === undefined) return;
  if (/^\d{1,10}$/.test(given) && Number(given) === body.length) return;
  throw new AnswerError(`spamd announced ${printable(given)} octets and sent ${body.length}`);
}

/** On one line, for logs and headers. */
function printable(text: string): string {
  return text.slice(0, longestShown).replaceAll(/[^\x20-\x7e]/g, '?');
}
