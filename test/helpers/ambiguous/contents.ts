// Owns messages whose content is read in more than one way: broken encodings, files in other wrappings,
// messages in messages.

import { signedMessage } from '../files/signed-message.ts';
import {
  base64Lines,
  tnef,
  tnefWithProperties,
  utf7,
  uuencode,
  yencode,
} from '../wrapped-files.ts';
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
  withPart,
} from './case.ts';

const file = 'Content-Type: application/octet-stream; name="file.com"';
const base64 = 'Content-Transfer-Encoding: base64';
const quotedPrintable = 'Content-Transfer-Encoding: quoted-printable';
const page = (charset: string): string => `Content-Type: text/html; charset=${charset}`;
const text = 'Content-Type: text/plain';
const plain = payload.toString('latin1');

const digits = payload.toString('base64');
/** An octet before the payload whose first digit is `+` in the standard alphabet. */
const urlSafeDigits = Buffer.concat([Buffer.from([0xf8, 0, 0]), payload]).toString('base64url');

const inner = letter(
  ['Content-Type: multipart/mixed; boundary="inner"'],
  ...['--inner', ...filePart, '--inner--'],
);
const multipart = lines('--inner', ...filePart, '--inner--', '');
const winmail = (content: Buffer): string =>
  withPart(
    'Content-Type: application/ms-tnef; name="winmail.dat"',
    base64,
    '',
    base64Lines(content).trimEnd(),
  );

function quoted(content: string): string {
  return content.replaceAll(
    /[^A-Za-z0-9 \r\n]/g,
    (sign) => `=${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function encodings(): AmbiguousMessage[] {
  const inBase64 = (content: string): string => withPart(file, base64, '', content);
  const inQuoted = (content: string): string => withPart(file, quotedPrintable, '', content);
  return [
    readings(
      'padding between the digits of a group',
      ['padding-inside-base64'],
      inBase64(`${digits.slice(0, 10)}=${digits.slice(10)}`),
    ),
    inParts('base64 that begins with padding', [], inBase64(`=${digits}`)),
    inParts(
      'several streams of base64 one behind another',
      ['padding-inside-base64'],
      inBase64(`QQ==${digits}QQ==`),
    ),
    inParts('base64 without its padding', [], inBase64(digits.replaceAll('=', ''))),
    inParts('base64 on one long line', [], inBase64(digits.repeat(3).replaceAll('=', ''))),
    readings(
      'lines that are no base64 between those that are',
      ['foreign-characters-in-base64'],
      inBase64(`${digits.slice(0, 40)}\r\n!abc\r\n${digits.slice(40)}`),
    ),
    readings(
      'digits of the other alphabet',
      ['foreign-characters-in-base64'],
      inBase64(urlSafeDigits),
    ),
    readings(
      'text before base64',
      ['foreign-characters-in-base64'],
      inBase64(`Look (below).\r\n${digits}`),
    ),
    inParts('text behind base64', ['padding-inside-base64'], inBase64(`${digits}\r\nThe end.`)),
    readings(
      'escapes that are none and go',
      ['illegal-escape-in-quoted-printable'],
      inQuoted(plain.replace('EICAR', 'EI=ZZCAR')),
    ),
    readings(
      'an equals sign that stands for nothing',
      ['illegal-escape-in-quoted-printable'],
      inQuoted(plain.replace('EICAR', 'E=ICAR')),
    ),
    inParts(
      'escapes with lower-case digits',
      ['illegal-escape-in-quoted-printable'],
      inQuoted(quoted(plain).replaceAll(/=[0-9A-F]{2}/g, (sign) => sign.toLowerCase())),
    ),
    inParts(
      'blanks behind the equals sign of a soft break',
      ['blanks-in-soft-break'],
      inQuoted(`${quoted(plain).slice(0, 40)}= \t\r\n${quoted(plain).slice(40)}`),
    ),
    inParts('an equals sign at the end', [], inQuoted(`${quoted(plain)}=`)),
    readings('a page in UTF-7', ['utf-7-text'], withPart(page('utf-7'), '', utf7(plain))),
    readings(
      'a page in UTF-16 without a mark',
      ['utf-16-text'],
      withPart(
        page('utf-16'),
        base64,
        '',
        Buffer.from(plain, 'utf16le').swap16().toString('base64'),
      ),
    ),
  ];
}

function wrappings(): AmbiguousMessage[] {
  const uu = uuencode('file.com', payload);
  const eicar = { name: 'file.com', content: payload };
  return [
    readings('uuencode in a text', ['uuencode'], letter([text], 'See below.', '', uu)),
    readings('uuencode in a part', ['uuencode'], withPart(text, '', uu)),
    readings(
      'the second of two files in uuencode',
      ['uuencode'],
      letter([text], uuencode('a.txt', Buffer.from('harmless')), 'and', uu),
    ),
    readings(
      'uuencode without an end',
      ['uuencode'],
      letter([text], uuencode('file.com', payload, { end: 'missing' })),
    ),
    readings(
      'uuencode with blanks for zero',
      ['uuencode'],
      letter(
        [text],
        uuencode('file.com', Buffer.concat([Buffer.alloc(9), payload]), { zero: ' ' }),
      ),
    ),
    readings(
      'uuencode in quoted-printable',
      ['uuencode'],
      withPart(text, quotedPrintable, '', quoted(uu)),
    ),
    readings(
      'uuencode in base64',
      ['uuencode'],
      withPart(text, base64, '', base64Lines(Buffer.from(uu))),
    ),
    readings(
      'base64 between begin and end',
      ['uuencode'],
      letter([text], 'begin-base64 644 file.com', payloadBase64, '====', 'The end.'),
    ),
    ...['x-uuencode', 'uuencode', 'x-uue'].map((encoding) =>
      readings(
        `content said to be ${encoding}`,
        ['uuencode'],
        withPart(file, `Content-Transfer-Encoding: ${encoding}`, '', uu),
      ),
    ),
    readings('yEnc in a text', ['yenc'], letter([text], yencode('file.com', payload))),
    readings(
      'content said to be yEnc',
      ['yenc'],
      withPart(file, 'Content-Transfer-Encoding: x-yenc', '', yencode('file.com', payload)),
    ),
    readings(
      'yEnc with escapes',
      ['yenc'],
      letter(
        [text],
        yencode('file.com', Buffer.concat([Buffer.from([0xd6, 0xe0, 0xe3, 0x13]), payload])),
      ),
    ),
    readings(
      'one piece of a file in yEnc',
      ['yenc', 'yenc-piece'],
      letter([text], yencode('file.com', payload, { part: 1, total: 2 })),
    ),
    nowhere(
      'BinHex',
      ['binhex'],
      letter([text], '(This file must be converted with BinHex 4.0)', '', ':$f*TEQKPH#jdJ!!!:'),
    ),
    nowhere(
      'a part said to be BinHex',
      ['binhex'],
      withPart('Content-Type: application/mac-binhex40; name="file.hqx"', base64, '', 'QUJD'),
    ),
    readings('a file in winmail.dat', ['tnef'], winmail(tnef('Hello.', [eicar]))),
    readings(
      'the second of two files in winmail.dat',
      ['tnef'],
      winmail(tnef('Hello.', [{ name: 'a.txt', content: Buffer.from('a') }, eicar])),
    ),
    readings(
      'winmail.dat under another name and type',
      ['tnef'],
      withPart('Content-Type: image/png', base64, '', base64Lines(tnef('Hello.', [eicar]))),
    ),
    readings(
      'a file among the properties of winmail.dat',
      ['tnef'],
      winmail(tnefWithProperties(eicar, 'file')),
    ),
    readings(
      'a file in a message in winmail.dat',
      ['tnef'],
      winmail(tnefWithProperties({ name: 'inner', content: tnef('Inner.', [eicar]) }, 'message')),
    ),
    readings(
      'winmail.dat in uuencode',
      ['uuencode', 'tnef'],
      letter([text], uuencode('winmail.dat', tnef('Hello.', [eicar]))),
    ),
    readings(
      'a winmail.dat that breaks off',
      ['tnef', 'damaged-tnef'],
      winmail(
        Buffer.concat([
          tnef('Hello.', [eicar]),
          Buffer.from([2, 0x0f, 0x80, 6, 0, 255, 0, 0, 0, 1]),
        ]),
      ),
    ),
  ];
}

function messages(): AmbiguousMessage[] {
  return [
    readings(
      'a multipart in base64',
      ['encoded-multipart'],
      letter(
        ['Content-Type: multipart/mixed; boundary="inner"', base64],
        base64Lines(Buffer.from(multipart)).trimEnd(),
      ),
    ),
    readings(
      'a multipart in quoted-printable',
      ['encoded-multipart'],
      letter(
        ['Content-Type: multipart/mixed; boundary="inner"', quotedPrintable],
        quoted(multipart),
      ),
    ),
    ...['message/rfc822', 'message/global'].map((type) =>
      readings(
        `a ${type} in base64`,
        ['encoded-message'],
        withPart(`Content-Type: ${type}`, base64, '', base64Lines(Buffer.from(inner)).trimEnd()),
      ),
    ),
    readings(
      'a message in quoted-printable',
      ['encoded-message'],
      withPart('Content-Type: message/rfc822', quotedPrintable, '', quoted(inner)),
    ),
    inParts(
      'a message in a message',
      [],
      withPart('Content-Type: message/rfc822', '', withPart(...filePart)),
    ),
    readings(
      'a message as a file',
      ['message-in-file'],
      withPart(
        'Content-Type: application/octet-stream; name="a.eml"',
        base64,
        '',
        base64Lines(Buffer.from(inner)).trimEnd(),
      ),
    ),
    readings(
      'a signed message that is one file',
      ['signed-content'],
      letter(
        ['Content-Type: application/pkcs7-mime; name="smime.p7m"', base64],
        base64Lines(signedMessage(Buffer.from(lines(...filePart)))).trimEnd(),
      ),
    ),
    readings(
      'a signed file in pieces',
      ['signed-content'],
      withPart(
        'Content-Type: application/octet-stream; name="file.txt.p7m"',
        base64,
        '',
        base64Lines(signedMessage(payload, 'stream', 30)).trimEnd(),
      ),
    ),
    readings(
      'uuencode in a message in base64',
      ['encoded-message', 'uuencode'],
      withPart(
        'Content-Type: message/rfc822',
        base64,
        '',
        base64Lines(Buffer.from(letter([text], uuencode('file.com', payload)))).trimEnd(),
      ),
    ),
    readings(
      'a part of a digest that is no message',
      ['digest-default-type'],
      letter(
        ['Content-Type: multipart/digest; boundary="one"'],
        '--one',
        '',
        plain,
        '',
        'text',
        '--one--',
      ),
    ),
    nowhere(
      'a piece of a message',
      ['partial-message'],
      letter(
        ['Content-Type: message/partial; id="a@example.org"; number=1; total=2'],
        ...withPart(...filePart)
          .slice(0, -150)
          .split('\r\n'),
      ),
    ),
    nowhere(
      'a content that lies elsewhere',
      ['external-body'],
      withPart(
        'Content-Type: message/external-body; access-type=URL; URL="http://example.org/file.com"',
        '',
        file,
        '',
      ),
    ),
  ];
}

export function contentCases(): AmbiguousMessage[] {
  return [...encodings(), ...wrappings(), ...messages()];
}
