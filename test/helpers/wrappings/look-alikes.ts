// Owns harmless mail of ordinary programs that has something in common with mail that hides a virus.
import { letter, lines, withoutVersion, withPart } from '../ambiguous/case.ts';
import { signedMessage } from '../files/signed-message.ts';
import { base64Lines, tnef, uuencode, yencode } from '../wrapped-files.ts';

export interface LookAlike {
  readonly name: string;
  readonly octets: Buffer;
}

const text = 'Content-Type: text/plain; charset=utf-8';
const base64 = 'Content-Transfer-Encoding: base64';
const quotedPrintable = 'Content-Transfer-Encoding: quoted-printable';
const file = 'Content-Type: application/octet-stream; name="minutes.txt"';
const minutes = Buffer.from('Minutes of the meeting.\r\nEverybody was there.\r\n'.repeat(8));
const digits = base64Lines(minutes).trimEnd();
const footer = ['_______________________________', 'list mailing list', 'list@example.org'];
const inner = withPart(file, base64, '', digits);

function lookAlike(name: string, message: string): LookAlike {
  return { name, octets: Buffer.from(message, 'latin1') };
}

const structures: readonly LookAlike[] = [
  lookAlike('footer of a list behind base64', letter([text, base64], digits, ...footer)),
  lookAlike('footer of a list behind the last boundary', inner.concat(lines(...footer), '\r\n')),
  lookAlike(
    'note for old programs before the first boundary',
    inner.replace('\r\n\r\n', '\r\n\r\nThis is a message in MIME format.\r\n'),
  ),
  lookAlike('message cut before its last boundary', inner.replace('--outer--\r\n', '')),
  lookAlike('boundary in no quotes', inner.replace('"outer"', 'outer')),
  lookAlike('boundary with a blank', inner.replaceAll('outer', 'out er')),
  lookAlike(
    'boundary that begins like the outer one',
    withPart(
      'Content-Type: multipart/alternative; boundary="outer-2"',
      '',
      '--outer-2',
      text,
      '',
      'Hello.',
      '--outer-2--',
    ),
  ),
  lookAlike(
    'same Content-Type twice',
    inner.replace(
      'Content-Type: text/plain',
      'Content-Type: text/plain\r\nContent-Type: text/plain',
    ),
  ),
  lookAlike('attachment without MIME-Version', withoutVersion([file, base64], digits)),
  lookAlike(
    'digest',
    letter(
      ['Content-Type: multipart/digest; boundary="one"'],
      '--one',
      '',
      letter([text], 'The first.'),
      '--one',
      '',
      letter([text], 'The second.'),
      '--one--',
    ),
  ),
  lookAlike(
    'forwarded message in base64',
    withPart('Content-Type: message/rfc822', base64, '', base64Lines(Buffer.from(inner)).trimEnd()),
  ),
  lookAlike(
    'message as an attached file',
    withPart(
      'Content-Type: application/octet-stream; name="message.eml"',
      base64,
      '',
      base64Lines(Buffer.from(inner)).trimEnd(),
    ),
  ),
  lookAlike(
    'forwarded message as text',
    letter(
      [text],
      '-----Original Message-----',
      'From: a@example.org',
      'Subject: Minutes',
      '',
      'Hello.',
      '--',
      'A.',
    ),
  ),
  lookAlike(
    'message that begins with a field',
    letter([text], 'Note: this is urgent.', '', 'Hello.'),
  ),
];

const contents: readonly LookAlike[] = [
  lookAlike(
    'text about uuencode',
    letter([text], 'Look for the line', 'begin 644 in the file,', 'and for the', 'end', 'of it.'),
  ),
  lookAlike('file in uuencode', letter([text], 'See below.', '', uuencode('minutes.txt', minutes))),
  lookAlike('file in yEnc', letter([text], yencode('minutes.txt', minutes))),
  lookAlike(
    'winmail.dat of Outlook',
    withPart(
      'Content-Type: application/ms-tnef; name="winmail.dat"',
      base64,
      '',
      base64Lines(tnef('Hello.', [{ name: 'minutes.txt', content: minutes }])).trimEnd(),
    ),
  ),
  lookAlike(
    'message signed with S/MIME',
    letter(
      ['Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"', base64],
      base64Lines(signedMessage(Buffer.from(`${text}\r\n\r\nHello.\r\n`))).trimEnd(),
    ),
  ),
  lookAlike(
    'message encrypted with PGP',
    letter(
      ['Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="one"'],
      '--one',
      'Content-Type: application/pgp-encrypted',
      '',
      'Version: 1',
      '--one',
      'Content-Type: application/octet-stream; name="encrypted.asc"',
      '',
      '-----BEGIN PGP MESSAGE-----',
      '',
      digits,
      '-----END PGP MESSAGE-----',
      '--one--',
    ),
  ),
  lookAlike(
    'announcement of an Internet draft',
    withPart(
      'Content-Type: message/external-body; access-type="anon-ftp"; site="ftp.example.org"; name="draft.txt"',
      '',
      'Content-Type: text/plain',
      '',
    ),
  ),
  lookAlike(
    'page in quoted-printable with an escape too many',
    withPart(
      'Content-Type: text/html',
      quotedPrintable,
      '',
      '<a href=3D"http://example.org/?a=b&c=zz">here</a>',
    ),
  ),
  lookAlike(
    'quoted-printable with small digits',
    withPart(text, quotedPrintable, '', 'Gr=c3=bc=c3=9fe'),
  ),
  lookAlike(
    'text in UTF-16',
    withPart(
      'Content-Type: text/plain; charset=utf-16',
      base64,
      '',
      Buffer.from('\ufeffHello.', 'utf16le').toString('base64'),
    ),
  ),
  lookAlike('subject of raw 8-bit octets', inner.replace('a file for you', 'Gr\xfc\xdfe')),
  lookAlike(
    'two forms of one file name',
    withPart(
      'Content-Type: application/octet-stream; name="=?utf-8?Q?minut=C3=A9s=2Etxt?="',
      base64,
      "Content-Disposition: attachment; filename*=utf-8''minut%C3%A9s.txt",
      '',
      digits,
    ),
  ),
  lookAlike('empty attachment', withPart(file, base64, '', '')),
  lookAlike('text with a lone CR', letter([text], 'one\rtwo')),
];

export const lookAlikes: readonly LookAlike[] = [...structures, ...contents];
