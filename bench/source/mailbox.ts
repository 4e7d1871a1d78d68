// Owns what is in the maildrops of the bench: the user name says how much, `m20x8192@7` has 20 messages of
// about 8 KB. Messages of different users differ, so that nobody's memory of one serves for another.

export interface MaildropSize {
  readonly messages: number;
  /** Octets of each message, about. */
  readonly octets: number;
}

export interface Mailbox {
  readonly user: string;
  readonly count: number;
  /** What the name asks for; the shape of a message goes by this. */
  readonly wantedOctets: number;
  /** Octets of each message as they are announced. */
  readonly octets: number;
}

export interface MessageShape {
  readonly octets: number;
  /** Follow the lines that name user and number; the same Buffers for all messages of this size. */
  readonly rest: readonly Buffer[];
  /** Stands between the header fields of the message and its attachment; undefined for a letter without one. */
  readonly beforeAttachment: string | undefined;
}

const lineOctets = 78;
/** As base64 these make a line of 76 characters. */
const octetsPerLine = 57;
const linesPerBlock = 4096;
/** From here on, a message is a letter with an attachment. */
const attachmentFrom = 256 * 1024;
const nameWidth = 40;

/** A user of the bench; the part before the @ is what a real server may take for the maildrop. */
export function userName(count: number, octets: number, serial: number): string {
  return `m${count}x${octets}@${serial}`;
}

const shapes = new Map<number, MessageShape>();

/** Undefined for a name that is not of the bench. */
export function findMailbox(user: string): Mailbox | undefined {
  const match = /^m(\d+)x(\d+)@\d+$/.exec(user);
  if (match === null) return undefined;
  const wantedOctets = Number(match[2]);
  return { user, count: Number(match[1]), wantedOctets, octets: shapeOf(wantedOctets).octets };
}

/** The unique part: as many octets for every message, because sizes are announced before. */
export function messageHead({ user }: Pick<Mailbox, 'user'>, number: number): string {
  const name = `${number}.${user}`.padStart(nameWidth, '0');
  return `Received: from mx.example.net by pop.example.net; Mon, 2 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${name}>\r\n`;
}

/** The shape of messages of about so many octets. */
export function shapeOf(wantedOctets: number): MessageShape {
  const known = shapes.get(wantedOctets);
  if (known !== undefined) return known;
  const head = messageHead({ user: '' }, 0).length;
  const shape = shapeBelow(head, Math.max(0, wantedOctets - head));
  shapes.set(wantedOctets, shape);
  return shape;
}

/** One message in the pieces in which it is sent. */
export function piecesOf(mailbox: Mailbox, number: number): Buffer[] {
  const { rest, beforeAttachment } = shapeOf(mailbox.wantedOctets);
  const head = messageHead(mailbox, number);
  const opening =
    beforeAttachment === undefined ? '' : beforeAttachment + attachmentHead(mailbox, number);
  return [Buffer.from(head + opening, 'latin1'), ...rest];
}

/** One whole message, as a scanner gets it. */
export function wholeMessage(mailbox: Mailbox, number: number): Buffer {
  return Buffer.concat(piecesOf(mailbox, number));
}

/** No two attachments are the same: a scanner knows a file again by its hash. */
function attachmentHead({ user }: Pick<Mailbox, 'user'>, number: number): string {
  const name = `${number}.${user}`.padStart(octetsPerLine, '0');
  return `${Buffer.from(name, 'latin1').toString('base64')}\r\n`;
}

function shapeBelow(head: number, wanted: number): MessageShape {
  const beforeAttachment = wanted < attachmentFrom ? undefined : attachmentOpening;
  const rest = beforeAttachment === undefined ? letter(wanted) : attachment(wanted);
  const opening = beforeAttachment === undefined ? 0 : beforeAttachment.length + lineOctets;
  const octets = rest.reduce((sum, piece) => sum + piece.length, head + opening);
  return { octets, rest, beforeAttachment };
}

const fields = [
  'From: Ann Example <ann@example.org>',
  'To: Bob Example <bob@example.net>',
  'Subject: minutes of the meeting and the plan for next week',
  'Date: Mon, 2 Nov 2026 09:59:58 +0000',
  'MIME-Version: 1.0',
];

function letter(octets: number): Buffer[] {
  const opening = [
    ...fields,
    'Content-Type: multipart/alternative; boundary="alternatives"',
    '',
    '--alternatives',
    'Content-Type: text/plain; charset=utf-8',
    '',
    '',
  ].join('\r\n');
  const middle = [
    '',
    '--alternatives',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<!DOCTYPE html><html><body><p>',
    '',
  ].join('\r\n');
  const ending = '</p></body></html>\r\n\r\n--alternatives--\r\n';
  const room = octets - opening.length - middle.length - ending.length;
  const lines = Math.max(1, Math.round(room / lineOctets / 2));
  const text = textLines(lines);
  return [Buffer.from(`${opening}${text}${middle}${text}${ending}`, 'latin1')];
}

const attachmentOpening = [
  ...fields,
  'Content-Type: multipart/mixed; boundary="parts"',
  '',
  '--parts',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'The recording is attached.',
  '',
  '--parts',
  'Content-Type: audio/flac; name="recording.flac"',
  'Content-Disposition: attachment; filename="recording.flac"',
  'Content-Transfer-Encoding: base64',
  '',
  '',
].join('\r\n');

function attachment(octets: number): Buffer[] {
  const ending = '\r\n--parts--\r\n';
  const lines = Math.round((octets - attachmentOpening.length - ending.length) / lineOctets) - 1;
  const block = Buffer.from(base64Lines(Math.min(lines, linesPerBlock)), 'latin1');
  const whole = Math.floor(lines / linesPerBlock);
  const left = block.subarray(0, (lines % linesPerBlock) * lineOctets);
  return [...Array.from({ length: whole }, () => block), left, Buffer.from(ending, 'latin1')];
}

const words =
  'the of plan week meeting and budget agreed with until Friday report numbers we they next please send open question answer table'.split(
    ' ',
  );

function textLines(count: number): string {
  const next = pseudoRandom();
  return Array.from({ length: count }, () => {
    let line = '';
    while (line.length < lineOctets - 2) line += `${words[next() % words.length] ?? ''} `;
    return `${line.slice(0, lineOctets - 3)}.\r\n`;
  }).join('');
}

function base64Lines(count: number): string {
  const next = pseudoRandom();
  const lines = Array.from({ length: count }, () => {
    const octets = Buffer.from(Array.from({ length: octetsPerLine }, () => next() & 0xff));
    return `${octets.toString('base64')}\r\n`;
  });
  return lines.join('');
}

/** The same numbers in every run (xorshift32). */
function pseudoRandom(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
