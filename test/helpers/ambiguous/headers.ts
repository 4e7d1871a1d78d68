// Owns messages whose headers are read in more than one way.

import { uuencode } from '../wrapped-files.ts';
import {
  type AmbiguousMessage,
  filePart,
  inParts,
  letter,
  lines,
  nowhere,
  payload,
  payloadBase64,
  readings,
  silent,
  withoutVersion,
  withPart,
} from './case.ts';

const file = 'Content-Type: application/octet-stream; name="file.com"';
const base64 = 'Content-Transfer-Encoding: base64';
const plain = payload.toString('latin1');

/** Two multiparts in one body: a text in `one`, and the file in `two`. */
const twoInOne = [
  '--one',
  'Content-Type: text/plain',
  '',
  'Nothing to see.',
  '--two',
  ...filePart,
  '--two--',
  '--one--',
];

/** A part that is a file for whoever takes this line for its encoding. */
function encodedAs(line: string, content = payloadBase64): string {
  return withPart(file, line, '', content);
}

export function headerCases(): AmbiguousMessage[] {
  return [
    readings(
      'two Content-Type fields with different boundaries',
      ['duplicate-content-type'],
      letter(
        [
          'Content-Type: multipart/mixed; boundary="one"',
          'Content-Type: multipart/mixed; boundary="two"',
        ],
        ...twoInOne,
      ),
    ),
    readings(
      'Content-Type of a multipart before that of a file',
      ['duplicate-content-type'],
      letter(
        [`Content-Type: multipart/mixed; boundary="${silent}"`, file, base64],
        `--${silent}`,
        '',
        payloadBase64,
        `--${silent}--`,
      ),
    ),
    readings(
      'Content-Type of a file before that of a multipart',
      ['duplicate-content-type'],
      letter(
        [file, `Content-Type: multipart/mixed; boundary="${silent}"`, base64],
        `--${silent}`,
        '',
        payloadBase64,
        `--${silent}--`,
      ),
    ),
    readings(
      'base64 before 7bit',
      ['duplicate-transfer-encoding'],
      withPart(file, base64, 'Content-Transfer-Encoding: 7bit', '', plain),
    ),
    readings(
      '7bit before base64',
      ['duplicate-transfer-encoding'],
      withPart(file, 'Content-Transfer-Encoding: 7bit', base64, '', payloadBase64),
    ),
    readings(
      'quoted-printable before base64',
      ['duplicate-transfer-encoding'],
      withPart(file, 'Content-Transfer-Encoding: quoted-printable', base64, '', payloadBase64),
    ),
    ...[
      'x-base64',
      'base-64',
      '7bit base64',
      '8bit; base64',
      'ba(x)se64',
      'base 64',
      '=?us-ascii?Q?base64?=',
      '=?us-ascii?B?YmFzZTY0?=',
    ].map((value) =>
      readings(
        `an encoding written ${value}`,
        ['transfer-encoding-spelling'],
        encodedAs(`Content-Transfer-Encoding: ${value}`),
      ),
    ),
    ...['"base64"', 'base64;', '(x)base64', 'base64 (x)', 'base64 7bit'].map((value) =>
      readings(
        `plain content under an encoding written ${value}`,
        ['transfer-encoding-spelling'],
        encodedAs(`Content-Transfer-Encoding: ${value}`, plain),
      ),
    ),
    nowhere(
      'an encoding that few programs know',
      ['unknown-transfer-encoding'],
      encodedAs('Content-Transfer-Encoding: x-gzip64', 'H4sIAAAAAAAAA4vQ'),
    ),
    readings(
      'a type in an encoded word',
      ['content-type-spelling'],
      letter(['Content-Type: =?us-ascii?Q?multipart/mixed=3B_boundary=3Dtwo?='], ...twoInOne),
    ),
    readings(
      'a type with a comment inside',
      ['content-type-spelling'],
      letter(['Content-Type: multi(x)part/mixed; boundary=two'], ...twoInOne),
    ),
    readings(
      'a type in quotes',
      ['content-type-spelling'],
      letter(['Content-Type: "multipart"/"mixed"; boundary=two'], ...twoInOne),
    ),
    readings(
      'a multipart without a subtype',
      ['content-type-spelling'],
      letter(['Content-Type: multipart; boundary=two'], ...twoInOne),
    ),
    inParts(
      'a document in one field and a program in the other',
      ['conflicting-file-names'],
      withPart(
        'Content-Type: application/octet-stream; name="file.txt"',
        base64,
        'Content-Disposition: attachment; filename="file.com"',
        '',
        payloadBase64,
      ),
    ),
    readings(
      'uuencode beside MIME without a version',
      ['missing-mime-version'],
      withoutVersion(
        ['Content-Type: text/plain', base64],
        'Tm90aGluZyBoZXJlLg==',
        '',
        uuencode('file.com', payload),
      ),
    ),
    readings(
      'a blank before the colon of the encoding',
      ['blank-before-colon'],
      encodedAs('Content-Transfer-Encoding : base64', plain),
    ),
    readings(
      'a NUL in the name of a field',
      ['odd-header-octets'],
      encodedAs('Content-Transfer\0-Encoding: base64'),
    ),
    readings(
      'an 8-bit octet behind the name of a field',
      ['odd-header-octets'],
      encodedAs('Content-Transfer-Encoding\xa0: base64'),
    ),
    readings(
      'a NUL in a value',
      ['odd-header-octets'],
      letter(['Content-Type: multipart/mixed; boundary="two\0x"'], ...twoInOne),
    ),
    readings(
      'a line that is no field before the encoding',
      ['junk-header-line'],
      withPart(file, 'this is no field', base64, '', plain),
    ),
    readings(
      'content without a blank line before it',
      ['junk-header-line'],
      withPart(file, base64, payloadBase64),
    ),
    readings(
      'a parameter whose fold was lost',
      ['broken-folding'],
      letter(['Content-Type: multipart/mixed;', 'boundary="two"'], ...twoInOne),
    ),
    readings(
      'a line of blanks in place of the blank line',
      ['blank-header-line'],
      withPart(file, base64, '  \t', payloadBase64, ''),
    ),
    readings(
      'a blank line too early',
      ['header-after-blank-line'],
      withPart(file, '', base64, '', payloadBase64),
    ),
    readings(
      'fields behind a bare CR',
      ['bare-line-ends'],
      withPart(`${file}\r${base64}`, '', plain),
    ),
    readings(
      'a boundary behind a bare CR',
      ['bare-line-ends'],
      withPart('Content-Type: text/plain', '', `text\r--outer\r${filePart.join('\r')}`),
    ),
    readings(
      'a message with CR for every line end',
      ['bare-line-ends'],
      withPart(...filePart).replaceAll('\r\n', '\r'),
    ),
    readings(
      'a boundary between bare LFs in the middle of a file',
      ['bare-line-ends'],
      letter(
        [`Content-Type: multipart/mixed; boundary="${silent}"`],
        `--${silent}`,
        file,
        base64,
        '',
        `${payloadBase64.slice(0, 20)}\n--${silent}\n\n${payloadBase64.slice(20)}`,
        `--${silent}--`,
      ),
    ),
    readings(
      'a text that begins like a message',
      ['message-in-text'],
      withPart('Content-Type: text/plain', '', 'Subject: inner', ...filePart),
    ),
    inParts(
      'names in every form',
      [],
      withPart(
        `Content-Type: application/octet-stream; name="=?utf-8?Q?file=2Ecom?="`,
        base64,
        "Content-Disposition: attachment; filename*1*=%2Ecom; filename*0*=us-ascii''file",
        '',
        payloadBase64,
      ),
    ),
    inParts(
      'an encoding on a continuation line',
      [],
      lines(withPart(file, 'Content-Transfer-Encoding:', ' base64', '', payloadBase64)),
    ),
  ];
}
