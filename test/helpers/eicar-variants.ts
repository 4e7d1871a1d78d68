// Owns messages that carry the EICAR test string in the ways that mail carries files. Which of them a
// scanner finds is for the scanner to say.
import { gzipSync } from 'node:zlib';
import { assembleEicar } from '../../src/demo/eicar.ts';
import { writeZip } from '../../src/demo/zip-file.ts';

export interface EicarVariant {
  readonly name: string;
  readonly octets: Buffer;
}

interface Part {
  readonly type: string;
  readonly encoding?: string;
  readonly body: string;
}

const boundary = '=_variant';

export function eicarVariants(): EicarVariant[] {
  const eicar = assembleEicar();
  const zip = writeZip([{ name: 'inner.txt', content: Buffer.from(eicar) }]);
  const doubleZip = writeZip([{ name: 'inner.zip', content: zip }]);
  const base64 = base64Lines(Buffer.from(eicar));
  const attached = (body: string, encoding?: string, type = 'application/octet-stream') =>
    mixed([{ type, body, ...(encoding === undefined ? {} : { encoding }) }]);
  return [
    variant('as the body', letter('text/plain', `${eicar}\r\n`)),
    variant('as the body without a final newline', letter('text/plain', eicar)),
    variant('as a text attachment', attached(`${eicar}\r\n`, '7bit', 'text/plain')),
    variant('in base64', attached(base64, 'base64')),
    variant('in base64 on one line', attached(base64.replaceAll('\r\n', ''), 'base64')),
    variant('in base64 on lines of four', attached(base64Lines(Buffer.from(eicar), 4), 'base64')),
    variant('in base64 with upper-case names', upperCaseNames(attached(base64, 'BASE64'))),
    variant('in base64 as the body', letter('application/octet-stream', base64, 'base64')),
    variant('in quoted-printable', attached(quotedPrintable(eicar), 'quoted-printable')),
    variant('in uuencode', letter('text/plain', uuencode(Buffer.from(eicar)))),
    variant('in HTML', attached(`<html><body>${eicar}</body></html>\r\n`, '8bit', 'text/html')),
    variant('in a zip', attached(base64Lines(zip), 'base64', 'application/zip')),
    variant('in a zip in a zip', attached(base64Lines(doubleZip), 'base64', 'application/zip')),
    variant('in a gzip', attached(base64Lines(gzipSync(eicar)), 'base64', 'application/gzip')),
    variant(
      'in a forwarded message',
      attached(attached(base64, 'base64'), '7bit', 'message/rfc822'),
    ),
    variant('four multiparts deep', nested(4, attached(base64, 'base64'))),
    variant(
      'behind 5 MB of text',
      mixed([filler(5), { type: 'text/plain', body: `${eicar}\r\n` }]),
    ),
    variant(
      'in base64 behind 5 MB of base64',
      mixed([
        {
          type: 'application/octet-stream',
          encoding: 'base64',
          body: base64Lines(noise(3_800_000)),
        },
        { type: 'application/octet-stream', encoding: 'base64', body: base64 },
      ]),
    ),
    variant('in the preamble', preamble(eicar)),
    variant('in the epilogue', `${mixed([])}\r\n${eicar}\r\n`),
    variant(
      'without MIME-Version',
      attached(base64, 'base64').replace('MIME-Version: 1.0\r\n', ''),
    ),
    variant('with a folded encoding', attached(base64, '\r\n base64')),
    variant(
      'with padding inside base64',
      attached(`${base64.slice(0, 8)}==\r\n${base64.slice(8)}`, 'base64'),
    ),
    variant('in base64 with a leading equals sign', attached(`=${base64}`, 'base64')),
    variant(
      'in base64 with bare CR line ends',
      attached(base64.replaceAll('\r\n', '\r'), 'base64'),
    ),
    variant('in one of two message/partial', partial(base64.slice(0, 40))),
    variant('one octet short of it', attached(`${eicar.slice(0, -1)}\r\n`, '7bit', 'text/plain')),
    variant('with dots at line starts', attached(`.\r\n..\r\n.${eicar}\r\n`, '7bit', 'text/plain')),
  ];
}

function variant(name: string, text: string): EicarVariant {
  return { name, octets: Buffer.from(text, 'latin1') };
}

function letter(type: string, body: string, encoding = '7bit'): string {
  return `From: sender@example.org
To: reader@example.org
Subject: a file for you
Date: Mon, 02 Nov 2026 10:00:00 +0000
Message-ID: <variant@example.org>
MIME-Version: 1.0
Content-Type: ${type}
Content-Transfer-Encoding: ${encoding}
`
    .replaceAll('\n', '\r\n')
    .concat('\r\n', body);
}

function mixed(parts: readonly Part[]): string {
  const own = `${boundary}${parts.map(({ body }) => body.length).join('_')}`;
  const all: Part[] = [{ type: 'text/plain', body: 'Please see the file.\r\n' }, ...parts];
  const written = all.map(({ type, encoding, body }) => {
    const encodingLine = encoding === undefined ? '' : `Content-Transfer-Encoding: ${encoding}\r\n`;
    return `--${own}\r\nContent-Type: ${type}\r\n${encodingLine}\r\n${body}\r\n`;
  });
  const body = `${written.join('')}--${own}--\r\n`;
  return letter(`multipart/mixed; boundary="${own}"`, body);
}

function nested(levels: number, message: string): string {
  if (levels === 0) return message;
  return nested(levels - 1, mixed([{ type: 'message/rfc822', body: message }]));
}

function preamble(text: string): string {
  return mixed([]).replace('\r\n\r\n', `\r\n\r\n${text}\r\n`);
}

// RFC 2046 s.5.2.2: no single piece holds the whole string.
function partial(piece: string): string {
  return letter('message/partial; id="split@example.org"; number=1; total=2', `${piece}\r\n`);
}

function upperCaseNames(message: string): string {
  return message.replaceAll(/^Content-[A-Za-z-]+:/gm, (name) => name.toUpperCase());
}

function filler(megabytes: number): Part {
  const line = 'The quick brown fox jumps over the lazy dog, and again.\r\n';
  return { type: 'text/plain', body: line.repeat((megabytes * 1_000_000) / line.length) };
}

// The same on every run, and not compressible.
function noise(octets: number): Buffer {
  const bytes = Buffer.alloc(octets);
  let state = 1;
  for (let index = 0; index < octets; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

function base64Lines(content: Buffer, lineLength = 76): string {
  const text = content.toString('base64');
  return text.replaceAll(new RegExp(`.{1,${lineLength}}`, 'g'), '$&\r\n');
}

function quotedPrintable(text: string): string {
  const coded = [...text].map((sign) => `=${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return coded.join('').replaceAll(/.{1,72}/g, '$&=\r\n');
}

function uuencode(content: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < content.length; at += 45) {
    const chunk = content.subarray(at, at + 45);
    const padded = Buffer.concat([chunk, Buffer.alloc((3 - (chunk.length % 3)) % 3)]);
    let line = sixBits(chunk.length);
    for (let group = 0; group < padded.length; group += 3) {
      const bits = padded.readUIntBE(group, 3);
      line += [18, 12, 6, 0].map((shift) => sixBits((bits >>> shift) & 0x3f)).join('');
    }
    lines.push(line);
  }
  return `begin 644 file.txt\r\n${lines.join('\r\n')}\r\n\`\r\nend\r\n`;
}

function sixBits(value: number): string {
  return value === 0 ? '`' : String.fromCharCode(value + 32);
}
