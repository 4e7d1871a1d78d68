// Owns what a message with a terminator may be, and the reasons why it is none of that. Pure: the
// original, what came, and what the quarantine says.
import type { HeldEntry } from './administrator.ts';
import { isWithheld, type SampleMail, sha256Of, strippedRemains } from './sample-mail.ts';
import type { ReceivedMessage } from './session-record.ts';

export type Form = 'original' | 'tagged' | 'notice' | 'stripped' | 'released' | 'digest' | 'top';

export type Reading = { readonly kind: Form } | { readonly kind: 'wrong'; readonly why: string };

const crlf = Buffer.from('\r\n');
const headerEnd = Buffer.from('\r\n\r\n');

/** A message that the server has, or what stands in its place. */
export function readUpstream(
  given: ReceivedMessage,
  mail: SampleMail,
  entries: readonly HeldEntry[],
): Reading {
  const size = sizeProblem(given);
  if (size !== undefined) return wrong(size);
  const { body } = given;
  const entryId = fieldOf(body, 'X-Postern-Quarantine');
  if (entryId !== undefined) return readNotice(given, mail, entries, entryId);
  if (mail.kind === 'strip') return readStripped(given, mail, entries);
  if (isWithheld(mail)) return wrong('the original of what has to be kept back');
  const problem = headerProblem(body, mail.octets) ?? bodyProblem(given, mail.octets);
  if (problem !== undefined) return wrong(problem);
  const isTagged = fieldOf(body, 'X-Postern-Finding') !== undefined;
  if (isTagged !== (mail.kind === 'tag')) return wrong('the tag is not where it belongs');
  if (given.lines !== undefined) return { kind: 'top' };
  return { kind: isTagged ? 'tagged' : 'original' };
}

/** An original that an administrator has let go. */
export function readReleased(given: ReceivedMessage, mail: SampleMail): Reading {
  const size = sizeProblem(given);
  if (size !== undefined) return wrong(size);
  if (given.lines !== undefined) {
    const problem = headerProblem(given.body, mail.octets) ?? bodyProblem(given, mail.octets);
    return problem === undefined ? { kind: 'top' } : wrong(problem);
  }
  if (sha256Of(given.body) !== mail.sha256) return wrong('a released original that differs');
  return { kind: 'released' };
}

/** A letter of Postern itself. */
export function readDigest(given: ReceivedMessage): Reading {
  const size = sizeProblem(given);
  if (size !== undefined) return wrong(size);
  if (fieldOf(given.body, 'List-Id')?.includes('digest') !== true) return wrong('no digest');
  if (given.lines !== undefined) return { kind: 'top' };
  return isWholeMultipart(given.body) ? { kind: 'digest' } : wrong('half a digest');
}

function readNotice(
  given: ReceivedMessage,
  mail: SampleMail,
  entries: readonly HeldEntry[],
  id: string,
): Reading {
  const entry = entries.find((each) => each.id === id);
  if (entry === undefined) return wrong('a notice of an entry that is not there');
  if (entry.sha256 !== mail.sha256) return wrong('a notice of another message');
  if (given.body.includes(mail.secret)) return wrong('a notice with the content in it');
  if (given.lines !== undefined) return { kind: 'top' };
  if (!given.body.includes(entry.code)) return wrong('a notice without the code');
  return isWholeMultipart(given.body) ? { kind: 'notice' } : wrong('half a notice');
}

function readStripped(
  given: ReceivedMessage,
  mail: SampleMail,
  entries: readonly HeldEntry[],
): Reading {
  const { body, lines } = given;
  if (body.includes(mail.secret)) return wrong('the part that has to go is still there');
  const problem = headerProblem(body, mail.octets);
  if (problem !== undefined) return wrong(problem);
  if (fieldOf(body, 'X-Postern-Finding') === undefined) return wrong('stripped without a word');
  if (lines !== undefined) return { kind: 'top' };
  if (!strippedRemains.every((text) => body.includes(text)))
    return wrong('more is gone than asked');
  if (!isWholeMultipart(body)) return wrong('half of a stripped message');
  const own = entries.filter(({ sha256 }) => sha256 === mail.sha256);
  if (!own.some(({ code }) => body.includes(code))) return wrong('stripped without an original');
  return { kind: 'stripped' };
}

function wrong(why: string): Reading {
  return { kind: 'wrong', why };
}

/** RFC 1939 promises nothing here, but clients count; once lines of waiting are sent, nobody can know. */
function sizeProblem({ status, body, lines }: ReceivedMessage): string | undefined {
  const announced = /^\+OK (\d+) octets/.exec(status)?.[1];
  if (lines !== undefined || announced === undefined) return undefined;
  if (fieldOf(body, 'X-Postern-Wait') !== undefined) return undefined;
  if (Number(announced) === body.length) return undefined;
  return `${body.length} octets where ${announced} were announced`;
}

/** Every field of the original is there, in order; others may have been added. */
function headerProblem(given: Buffer, original: Buffer): string | undefined {
  if (!given.includes(headerEnd)) return 'the header does not end';
  const fields = fieldsOf(given);
  let from = 0;
  for (const field of fieldsOf(original)) {
    const at = fields.indexOf(field, from);
    if (at === -1) return `the header field is gone: ${field}`;
    from = at + 1;
  }
  return undefined;
}

function bodyProblem({ body, lines }: ReceivedMessage, original: Buffer): string | undefined {
  const given = bodyOf(body);
  const expected = bodyOf(original);
  if (lines === undefined) return given.equals(expected) ? undefined : 'the body differs';
  return given.equals(firstLines(expected, lines)) ? undefined : 'not the first lines of the body';
}

function firstLines(body: Buffer, count: number): Buffer {
  let end = 0;
  for (let line = 0; line < count; line++) {
    const next = body.indexOf(crlf, end);
    if (next === -1) return body;
    end = next + crlf.length;
  }
  return body.subarray(0, end);
}

/** RFC 2046 s.5.1.1: the last line of a multipart that is whole is its closing boundary. */
function isWholeMultipart(message: Buffer): boolean {
  const type = fieldOf(message, 'Content-Type');
  const boundary = /boundary="?([^";\s]+)"?/i.exec(type ?? '')?.[1];
  return boundary !== undefined && message.toString('latin1').endsWith(`\r\n--${boundary}--\r\n`);
}

function bodyOf(message: Buffer): Buffer {
  const end = message.indexOf(headerEnd);
  return end === -1 ? Buffer.alloc(0) : message.subarray(end + headerEnd.length);
}

function fieldsOf(message: Buffer): string[] {
  const end = message.indexOf(headerEnd);
  return message.toString('latin1', 0, end === -1 ? message.length : end).split(/\r\n(?![ \t])/);
}

function fieldOf(message: Buffer, name: string): string | undefined {
  const start = `${name.toLowerCase()}:`;
  const field = fieldsOf(message).find((each) => each.toLowerCase().startsWith(start));
  return field?.slice(start.length).trim();
}
