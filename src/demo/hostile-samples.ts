// Owns the sample messages that must not arrive. Nothing in them can do harm: the executables are
// headers without code, the virus is the EICAR test string.
import { assembleEicar } from './eicar.ts';
import { attachment, letter, lines, multipart, type Part, textPart } from './sample-letter.ts';
import type { SampleMessage } from './sample-message.ts';
import { writeZip } from './zip-file.ts';

/** A message whose second part is the dangerous one. The first line of that part is the contraband. */
function stopped(
  name: string,
  description: string,
  subject: string,
  dangerous: Part,
): SampleMessage {
  const boundary = `=_${name}`;
  return {
    name,
    description,
    expectation: { kind: 'replaced', contraband: firstLine(dangerous.body) },
    content: letter({
      id: name,
      subject,
      from: 'Accounts <accounts@sender.example>',
      type: `multipart/mixed; boundary="${boundary}"`,
      body: multipart(boundary, [textPart('Please open the attached file.'), dangerous]),
    }),
  };
}

function firstLine(text: string): string {
  return text.slice(0, text.indexOf('\r\n'));
}

/** The start of a Windows program: MZ header, offset of the PE header, PE signature, no code. */
function programHeader(): Buffer {
  const header = Buffer.alloc(512);
  header.write('MZ', 0, 'latin1');
  header.writeUInt32LE(0x80, 0x3c);
  header.write('PE\0\0', 0x80, 'latin1');
  header.writeUInt16LE(0x8664, 0x84);
  header.write('This program cannot be run, it has no code.', 0x100, 'latin1');
  return header;
}

export function hostileSamples(): SampleMessage[] {
  return [...disguisedFiles(), ...testViruses()];
}

function disguisedFiles(): SampleMessage[] {
  const reversedName = `photo_\u202Egnp.scr`;
  return [
    stopped(
      'double-extension',
      'invoice.pdf.exe',
      'Unpaid invoice',
      attachment('invoice.pdf.exe', 'application/pdf', programHeader()),
    ),
    stopped('reversed-name', 'a name turned round by U+202E', 'Holiday photo', {
      ...attachment('photo', 'image/png', programHeader()),
      // RFC 2231 s.4: percent-encoded file name in UTF-8.
      fields: [
        `Content-Disposition: attachment; filename*=UTF-8''${encodeURIComponent(reversedName)}`,
      ],
    }),
    stopped(
      'hidden-program',
      'a program named report.txt',
      'Report',
      attachment('report.txt', 'text/plain', programHeader()),
    ),
  ];
}

function testViruses(): SampleMessage[] {
  const eicar = assembleEicar();
  const archive = writeZip([{ name: 'readme.txt', content: Buffer.from(eicar, 'latin1') }]);
  const infectedFile = attachment('data.bin', 'application/octet-stream', Buffer.from(eicar));
  const inner = letter({
    id: 'infected-inner',
    subject: 'Original',
    type: 'multipart/mixed; boundary="=_inner"',
    body: multipart('=_inner', [textPart('See the attached file.'), infectedFile]),
  });
  return [
    stopped('virus-plain', 'EICAR as a text attachment', 'Setup notes', {
      type: 'text/plain; name="notes.txt"',
      encoding: '7bit',
      fields: ['Content-Disposition: attachment; filename="notes.txt"'],
      body: lines(eicar),
    }),
    stopped('virus-base64', 'EICAR in base64', 'Data', infectedFile),
    stopped(
      'virus-zip',
      'EICAR inside a zip archive',
      'Archive',
      attachment('archive.zip', 'application/zip', archive),
    ),
    {
      ...stopped('virus-forwarded', 'EICAR in a forwarded message', 'Fwd: Original', {
        type: 'message/rfc822',
        body: inner.toString('latin1'),
      }),
      expectation: { kind: 'replaced', contraband: firstLine(infectedFile.body) },
    },
  ];
}
