// Owns the ways in which ordinary programs write a text or a file into a message.
import { letter, withoutVersion, withPart } from '../ambiguous/case.ts';
import { base64Lines } from '../wrapped-files.ts';
import { type Wrapping, wrapping } from './wrapping.ts';

const text = 'Content-Type: text/plain';
const file = 'Content-Type: application/octet-stream; name="report.txt"';
const base64 = 'Content-Transfer-Encoding: base64';

function digits(content: Buffer, lineLength?: number): string {
  return base64Lines(content, lineLength).trimEnd();
}

/** Every octet as an escape. */
function quotedPrintable(content: Buffer): string {
  const escapes = [...content].map((octet) => `=${octet.toString(16).toUpperCase()}`);
  return escapes.join('').replaceAll(/.{72}/g, '$&=\r\n');
}

function latin1(content: Buffer): string {
  return content.toString('latin1');
}

function upperCaseNames(message: string): string {
  return message.replaceAll(/^[A-Za-z-]+:/gm, (name) => name.toUpperCase());
}

const asText: readonly Wrapping[] = [
  wrapping('the body', (content) => letter([text], latin1(content))),
  wrapping('the body without a line end', (content) => letter([text], latin1(content)).trimEnd()),
  wrapping('the body of a message without MIME', (content) =>
    withoutVersion(['X-Mailer: mail'], latin1(content)),
  ),
  wrapping('a text part', (content) => withPart(text, '', latin1(content))),
  wrapping('a text part in 8bit', (content) =>
    withPart(text, 'Content-Transfer-Encoding: 8bit', '', `\xa7 ${latin1(content)}`),
  ),
  wrapping('a text part in binary', (content) =>
    withPart(text, 'Content-Transfer-Encoding: binary', '', latin1(content)),
  ),
  wrapping('lines with dots around it', (content) =>
    withPart(text, '', '.', '..', `.${latin1(content)}`, '.'),
  ),
  wrapping('a page', (content) =>
    withPart('Content-Type: text/html', '', `<html><body>${latin1(content)}</body></html>`),
  ),
  wrapping('the preamble', (content) =>
    withPart(text, '', 'Nothing to see.').replace('\r\n\r\n', `\r\n\r\n${latin1(content)}\r\n`),
  ),
  wrapping('the epilogue', (content) =>
    withPart(text, '', 'Nothing to see.').concat(latin1(content), '\r\n'),
  ),
  wrapping('a header field', (content) =>
    letter([`X-Note: ${latin1(content)}`, text], 'See above.'),
  ),
];

const asFile: readonly Wrapping[] = [
  wrapping('base64', (content) => withPart(file, base64, '', digits(content))),
  wrapping('base64 as the body', (content) => letter([file, base64], digits(content))),
  wrapping('base64 on one line', (content) =>
    withPart(file, base64, '', content.toString('base64')),
  ),
  wrapping('base64 on lines of four digits', (content) =>
    withPart(file, base64, '', digits(content, 4)),
  ),
  wrapping('base64 on lines of five digits', (content) =>
    withPart(file, base64, '', digits(content, 5)),
  ),
  wrapping('base64 with blanks between the digits', (content) =>
    withPart(file, base64, '', digits(content, 1).replaceAll('\r\n', ' ')),
  ),
  wrapping('base64 with empty lines between', (content) =>
    withPart(file, base64, '', digits(content, 20).replaceAll('\r\n', '\r\n\r\n')),
  ),
  wrapping('base64 with names of fields in upper case', (content) =>
    upperCaseNames(withPart(file, 'content-transfer-encoding: BASE64', '', digits(content))),
  ),
  wrapping('base64 without MIME-Version', (content) =>
    withoutVersion([file, base64], digits(content)),
  ),
  wrapping('base64 behind a header of 60 KB', (content) =>
    withPart(
      file,
      ...Array.from({ length: 800 }, (_, index) => `X-Note-${index}: ${'x'.repeat(60)}`),
      base64,
      '',
      digits(content),
    ),
  ),
  wrapping('base64 in a part without a type', (content) => withPart(base64, '', digits(content))),
  wrapping('base64 in a part of text', (content) => withPart(text, base64, '', digits(content))),
  wrapping('base64 in a part of a picture', (content) =>
    withPart('Content-Type: image/png; name="picture.png"', base64, '', digits(content)),
  ),
  wrapping('quoted-printable', (content) =>
    withPart(file, 'Content-Transfer-Encoding: quoted-printable', '', quotedPrintable(content)),
  ),
  wrapping('quoted-printable with a soft break behind every octet', (content) =>
    withPart(
      file,
      'Content-Transfer-Encoding: quoted-printable',
      '',
      quotedPrintable(content).replaceAll('=\r\n', '').replaceAll(/=../g, '$&=\r\n'),
    ),
  ),
];

/** By how the file is written down and in which kind of multipart it stands. */
const inMultiparts: readonly Wrapping[] = ['alternative', 'related', 'parallel', 'x-unknown'].map(
  (subtype) =>
    wrapping(`base64 in multipart/${subtype}`, (content) =>
      withPart(file, base64, '', digits(content)).replace(
        'multipart/mixed',
        `multipart/${subtype}`,
      ),
    ),
);

const names: readonly (readonly [how: string, field: string])[] = [
  ['an encoded word', 'attachment; filename="=?utf-8?B?cmVwb3J0LnR4dA==?="'],
  ['two encoded words', 'attachment; filename="=?utf-8?Q?rep?= =?utf-8?Q?ort=2Etxt?="'],
  ['continuations', 'attachment; filename*0="repo"; filename*1="rt.t"; filename*2="xt"'],
  ['percent signs', "attachment; filename*=utf-8''report%2Etxt"],
  ['continued percent signs', "attachment; filename*0*=utf-8''rep; filename*1*=ort%2Etxt"],
  ['no quotes and blanks', 'attachment; filename=my report.txt'],
  ['a folded field', 'attachment;\r\n filename\r\n =\r\n "report.txt"'],
];

export const nameWrappings: readonly Wrapping[] = names.map(([how, field]) =>
  wrapping(`file name in ${how}`, (content) =>
    withPart(
      'Content-Type: application/octet-stream',
      base64,
      `Content-Disposition: ${field}`,
      '',
      digits(content),
    ),
  ),
);

export const plainWrappings: readonly Wrapping[] = [...asText, ...asFile, ...inMultiparts];
