// Owns content in messages within messages, and content of which only a piece is there.
import { gzipSync } from 'node:zlib';
import { letter, withPart } from '../ambiguous/case.ts';
import { binhex } from '../files/binhex.ts';
import { signedMessage } from '../files/signed-message.ts';
import { zipOf } from '../files/zip.ts';
import { base64Lines, tnef, yencode } from '../wrapped-files.ts';
import { type Wrapping, wrapping } from './wrapping.ts';

const text = 'Content-Type: text/plain';
const file = 'Content-Type: application/octet-stream; name="report.txt"';
const base64 = 'Content-Transfer-Encoding: base64';

function withFile(content: Buffer): string {
  return withPart(file, base64, '', base64Lines(content).trimEnd());
}

function forwarded(message: string): string {
  return withPart('Content-Type: message/rfc822', '', message);
}

/** A multipart in a multipart, each with a boundary of its own. */
function deeper(level: number, innermost: string): string {
  const boundary = `level-${level}`;
  return `Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n--${boundary}\r\n${innermost}\r\n--${boundary}--\r\n`;
}

function nested(levels: number, innermost: string): string {
  let inner = innermost;
  for (let level = 1; level <= levels; level++) inner = deeper(level, inner);
  return inner;
}

function filePart(content: Buffer): string {
  return `${file}\r\n${base64}\r\n\r\n${base64Lines(content)}`;
}

function asFile(fileName: string, octets: Buffer): string {
  return withPart(
    `Content-Type: application/octet-stream; name="${fileName}"`,
    base64,
    '',
    base64Lines(octets).trimEnd(),
  );
}

const report = (content: Buffer) => ({ name: 'report.txt', content });

export const messageWrappings: readonly Wrapping[] = [
  wrapping('a forwarded message', (content) => forwarded(withFile(content))),
  wrapping('messages nested five deep', (content) =>
    forwarded(forwarded(forwarded(forwarded(forwarded(withFile(content)))))),
  ),
  wrapping('multiparts nested five deep', (content) =>
    letter(['X-Mailer: mail']).replace('X-Mailer: mail\r\n\r\n', nested(5, filePart(content))),
  ),
  wrapping('multiparts nested twenty deep', (content) =>
    letter(['X-Mailer: mail']).replace('X-Mailer: mail\r\n\r\n', nested(20, filePart(content))),
  ),
  wrapping('a digest', (content) =>
    letter(
      ['Content-Type: multipart/digest; boundary="one"'],
      '--one',
      '',
      withFile(content),
      '--one--',
    ),
  ),
  wrapping('a delivery report', (content) =>
    letter(
      ['Content-Type: multipart/report; report-type=delivery-status; boundary="one"'],
      '--one',
      text,
      '',
      'Your message could not be delivered.',
      '--one',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mail.example.org',
      '',
      '--one',
      'Content-Type: message/rfc822',
      '',
      withFile(content),
      '--one--',
    ),
  ),
  wrapping('a signed multipart', (content) =>
    letter(
      ['Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary="one"'],
      '--one',
      filePart(content),
      '--one',
      'Content-Type: application/pgp-signature',
      '',
      '-----BEGIN PGP SIGNATURE-----',
      '--one--',
    ),
  ),
  wrapping('an opaque signature (S/MIME)', (content) =>
    letter(
      [
        'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"',
        base64,
        'Content-Disposition: attachment; filename="smime.p7m"',
      ],
      base64Lines(signedMessage(Buffer.from(filePart(content)))).trimEnd(),
    ),
  ),
  wrapping('an opaque signature written as a stream (S/MIME)', (content) =>
    letter(
      ['Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"', base64],
      base64Lines(signedMessage(Buffer.from(filePart(content)), 'stream')).trimEnd(),
    ),
  ),
  wrapping('a zip in a message in a message', (content) =>
    forwarded(asFile('report.zip', zipOf(content))),
  ),
  wrapping('a message in a zip', (content) =>
    asFile('report.zip', zipOf(Buffer.from(withFile(content)), { name: 'report.eml' })),
  ),
  wrapping('winmail.dat in a zip', (content) =>
    asFile('report.zip', zipOf(tnef('Hello.', [report(content)]), { name: 'winmail.dat' })),
  ),
  wrapping('a zip in winmail.dat', (content) =>
    asFile('winmail.dat', tnef('Hello.', [{ name: 'report.zip', content: zipOf(content) }])),
  ),
  wrapping('winmail.dat nested five deep', (content) => {
    const inner = [1, 2, 3, 4].reduce(
      (octets) => tnef('Hello.', [{ name: 'winmail.dat', content: octets }]),
      tnef('Hello.', [report(content)]),
    );
    return asFile('winmail.dat', inner);
  }),
];

function piece(number: number, lines: readonly string[]): string {
  return letter(
    [`Content-Type: message/partial; id="split@example.org"; number=${number}; total=2`],
    ...lines,
  );
}

function halves(content: Buffer): readonly [string[], string[]] {
  const whole = withPart(file, base64, '', base64Lines(content, 40).trimEnd()).split('\r\n');
  const middle = whole.length - 4;
  return [whole.slice(0, middle), whole.slice(middle)];
}

/** Nobody here can see all of the content, or decode it. */
export const pieceWrappings: readonly Wrapping[] = [
  wrapping('the first of two pieces (message/partial)', (content) => piece(1, halves(content)[0])),
  wrapping('the last of two pieces (message/partial)', (content) => piece(2, halves(content)[1])),
  wrapping('a file that lies elsewhere (message/external-body)', () =>
    withPart(
      'Content-Type: message/external-body; access-type=URL; URL="http://example.org/report.txt"',
      '',
      file,
      '',
    ),
  ),
  wrapping('one of two pieces in yEnc', (content) =>
    letter([text], yencode('report.txt', content.subarray(0, 30), { part: 1, total: 2 })),
  ),
  wrapping('BinHex', (content) => letter([text], binhex('report.txt', content))),
  wrapping('BinHex as a part', (content) =>
    withPart(
      'Content-Type: application/mac-binhex40; name="report.hqx"',
      '',
      binhex('report.txt', content),
    ),
  ),
  wrapping('the encoding x-gzip64', (content) =>
    withPart(file, 'Content-Transfer-Encoding: x-gzip64', '', gzipSync(content).toString('base64')),
  ),
];
