// Owns the sample messages with parts and attachments that must arrive untouched, the very large
// one among them. File names and types are as close to forbidden ones as honest mail gets.
import {
  attachment,
  base64Lines,
  letter,
  lines,
  multipart,
  noise,
  type Part,
  textPart,
} from './sample-letter.ts';
import type { SampleMessage } from './sample-message.ts';
import { writeZip } from './zip-file.ts';

// In base64 this makes a message of 20 MB.
const largeFileOctets = 14_616_000;

function arrives(
  name: string,
  description: string,
  subject: string,
  type: string,
  parts: readonly Part[],
): SampleMessage {
  const boundary = `=_${name}`;
  return {
    name,
    description,
    expectation: { kind: 'delivered', action: 'pass', removedFields: [] },
    content: letter({
      id: name,
      subject,
      type: `${type}; boundary="${boundary}"`,
      body: multipart(boundary, parts),
    }),
  };
}

function mixed(name: string, description: string, subject: string, parts: readonly Part[]) {
  return arrives(name, description, subject, 'multipart/mixed', parts);
}

const htmlPart: Part = {
  type: 'text/html; charset=utf-8',
  encoding: '8bit',
  body: lines('<p>The same, <b>in bold</b>.</p>'),
};

function pdf(): Buffer {
  return Buffer.from(lines('%PDF-1.4', '1 0 obj <</Type /Catalog>> endobj', 'trailer', '%%EOF'));
}

export function attachmentSamples(): SampleMessage[] {
  return [...structures(), ...files()];
}

function structures(): SampleMessage[] {
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), noise(600)]);
  const inner = letter({ id: 'inner', subject: 'The first letter', body: lines('Hello.', '.') });
  return [
    arrives('alternative', 'text and HTML', 'Both forms', 'multipart/alternative', [
      textPart('The same, in bold.'),
      htmlPart,
    ]),
    arrives('inline-image', 'HTML with an image in it', 'A picture', 'multipart/related', [
      htmlPart,
      {
        type: 'image/png',
        encoding: 'base64',
        fields: ['Content-ID: <dot@sample.example>', 'Content-Disposition: inline'],
        body: base64Lines(png),
      },
    ]),
    mixed('forwarded', 'a message within a message', 'Fwd: The first letter', [
      textPart('See below.'),
      { type: 'message/rfc822', body: inner.toString('utf8') },
    ]),
    mixed('nested', 'multiparts six deep', 'Boxes in boxes', [nest(6)]),
    arrives(
      'signed',
      'a signed message',
      'Every octet counts',
      'multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha256',
      [
        textPart('- signed text \t'),
        {
          type: 'application/pgp-signature; name="signature.asc"',
          body: lines(
            '-----BEGIN PGP SIGNATURE-----',
            '',
            'c2FtcGxl',
            '-----END PGP SIGNATURE-----',
          ),
        },
      ],
    ),
    mixed('open-ended', 'a multipart without an end', 'Cut short', [
      textPart('The closing boundary looks different.'),
      { type: 'multipart/mixed; boundary="=_never"', body: lines('--=_never', '', 'open end') },
    ]),
  ];
}

function nest(depth: number): Part {
  if (depth === 1) return textPart('The innermost part.');
  const boundary = `=_level${depth}`;
  return {
    type: `multipart/mixed; boundary="${boundary}"`,
    body: multipart(boundary, [nest(depth - 1)]),
  };
}

function files(): SampleMessage[] {
  const archive = writeZip([
    { name: 'notes/todo.txt', content: Buffer.from(lines('Buy milk.')) },
    { name: 'notes/numbers.csv', content: Buffer.from(lines('1;2;3', '4;5;6')) },
  ]);
  return [
    mixed('pdf-file', 'an honest PDF', 'Invoice 2026-118', [
      textPart('Please find attached.'),
      attachment('invoice.pdf', 'application/pdf', pdf()),
    ]),
    mixed('dotted-name', 'many dots in a file name', 'Draft', [
      textPart('Third draft.'),
      attachment('report.v1.2.final.pdf', 'application/pdf', pdf()),
    ]),
    mixed('zip-file', 'an honest zip archive', 'Notes', [
      textPart('Packed.'),
      attachment('notes.zip', 'application/zip', archive),
    ]),
    mixed('large-file', '20 MB attachment', 'Measurements of October', [
      textPart('All of them.'),
      attachment('measurements.dat', 'application/octet-stream', noise(largeFileOctets)),
    ]),
  ];
}
