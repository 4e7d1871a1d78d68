// Owns the messages of the fault injection: each can be told from all others by a marker, and by a
// secret at the end of what may have to be kept from the reader.
import { createHash } from 'node:crypto';
import { assembleEicar } from '../../../src/demo/eicar.ts';
import type { Random } from './random.ts';

/** What is in it, and so what the chain makes of it. */
export type MailKind =
  | 'clean'
  | 'large'
  | 'tag'
  | 'infected'
  | 'infectedLarge'
  | 'strip'
  | 'hold'
  | 'replace'
  | 'hide'
  /** Its inspector cannot judge it, and the policy holds it. */
  | 'unchecked';

export interface SampleMail {
  readonly marker: string;
  readonly kind: MailKind;
  /** With CRLF, as a server sends it. */
  readonly octets: Buffer;
  readonly sha256: string;
  /** Is nowhere else; behind it comes no more than the end of the message. */
  readonly secret: string;
}

const givenKinds: readonly MailKind[] = ['clean', 'large', 'tag'];

/** Must not reach a client as it is, unless an administrator lets it. */
export function isWithheld({ kind }: SampleMail): boolean {
  return !givenKinds.includes(kind);
}

/** What a mail that is stripped keeps. */
export const strippedRemains = [
  'the text stays here\r\n.and so does this line\r\n',
  '--mixed--\r\n',
];

export function makeMail(random: Random, kind: MailKind, marker: string): SampleMail {
  const secret = `<secret of ${marker}>`;
  const header = [
    `From: "Sender, ${marker}" <sender@example.org>`,
    `Subject: ${kind} ${marker}`,
    `Message-ID: <${marker}@example.org>`,
    `X-Marker: ${marker}`,
    'X-Folded: one',
    '\ttwo',
  ];
  const octets = Buffer.from(
    [...header, ...contentOf(random, kind, secret), ''].join('\r\n'),
    'latin1',
  );
  const sha256 = sha256Of(octets);
  return { marker, kind, octets, sha256, secret };
}

export function sha256Of(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex');
}

/** The rest of the header, and the body. */
function contentOf(random: Random, kind: MailKind, secret: string): string[] {
  switch (kind) {
    case 'large':
      // Rather the smaller ones: each passes through many hands.
      return [
        '',
        ...filler(random, 200_000 + random.between(0, random.between(0, 1_800_000))),
        secret,
      ];
    case 'infected':
      return ['', ...filler(random, random.between(0, 3000)), assembleEicar(), secret];
    case 'infectedLarge':
      return ['', ...filler(random, random.between(50_000, 300_000)), assembleEicar(), secret];
    case 'strip':
      return [
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary=mixed',
        '',
        '--mixed',
        '',
        'the text stays here',
        '.and so does this line',
        '--mixed',
        'Content-Type: application/octet-stream',
        'Content-Disposition: attachment; filename=tool.bin',
        '',
        ...filler(random, random.between(0, 3000)),
        secret,
        '--mixed--',
      ];
    default:
      return ['', ...filler(random, random.between(0, 6000)), secret];
  }
}

// Lines that a wrong framing would trip over.
const awkward = ['.', '..', '.hidden', '', '+OK', '-ERR [SYS/TEMP] no', '\xe4\xf6\xfc', 'x\0y'];

function filler(random: Random, octets: number): string[] {
  const lines: string[] = [];
  // Of a large message only a part is drawn, since that is what takes the time.
  const distinct = Array.from({ length: 40 }, () => lineOf(random));
  for (let length = 0; length < octets; ) {
    const line = distinct[lines.length % distinct.length] ?? '';
    lines.push(line);
    length += line.length + 2;
  }
  return lines;
}

function lineOf(random: Random): string {
  if (random.chance(0.2)) return random.pick(awkward);
  const length = random.between(1, 76);
  return Array.from({ length }, () => String.fromCharCode(random.between(33, 126))).join('');
}
