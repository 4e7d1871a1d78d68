// Owns a disguised message as octets: valid MIME, LF line ends as in the collection.
import { encodeWords } from '../../../src/message/encoded-word.ts';
import { toQuotedPrintable } from '../../../src/message/quoted-printable.ts';
import type { Letter } from './letter.ts';

export interface Form {
  readonly charset?: 'utf-8' | 'utf-16le';
  readonly encoding?: 'quoted-printable' | 'base64';
  /** Stands before the first boundary, where no reader looks. */
  readonly preamble?: string;
  /** Whole fields, without line ends, above those of the letter. */
  readonly fields?: readonly string[];
  readonly image?: Buffer;
  readonly subject?: 'as it was' | 'anew' | 'base64';
}

const boundary = '=_d41d8cd98f00b204';

export function writeLetter(letter: Letter, form: Form = {}): Buffer {
  const lines = [
    ...(form.fields ?? []),
    ...letter.fields.map((field) => field.replace(/[\r\n]+$/, '')),
    ...subjectLines(letter, form),
    'MIME-Version: 1.0',
    ...bodyLines(letter, form),
    '',
  ];
  return Buffer.from(lines.join('\n').replaceAll('\r\n', '\n'), 'latin1');
}

function subjectLines({ subject, rawSubject }: Letter, form: Form): string[] {
  if (subject === undefined || rawSubject === undefined) return [];
  if (form.subject === 'base64') return [`Subject: ${base64Words(subject)}`];
  if (form.subject === 'anew')
    return [`Subject: ${encodeWords(subject).replaceAll('?= =?', '?=\n =?')}`];
  return [rawSubject.replace(/[\r\n]+$/, '')];
}

/** RFC 2047 s.2: at most 75 characters a word; 36 octets of UTF-8 at the most, whole characters. */
function base64Words(text: string): string {
  const words: string[] = [];
  const characters = [...text.toWellFormed()];
  for (let at = 0; at < characters.length; at += 9) {
    const octets = Buffer.from(characters.slice(at, at + 9).join(''));
    words.push(`=?utf-8?B?${octets.toString('base64')}?=`);
  }
  return words.join('\n ');
}

function bodyLines(letter: Letter, form: Form): string[] {
  const parts = [
    ...(letter.plain === undefined ? [] : [textPart('text/plain', letter.plain, form)]),
    ...(letter.html === undefined ? [] : [textPart('text/html', letter.html, form)]),
    ...(form.image === undefined ? [] : [imagePart(form.image)]),
  ];
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && form.preamble === undefined) return only;
  const type = form.image === undefined ? 'alternative' : 'related';
  return [
    `Content-Type: multipart/${type}; boundary="${boundary}"`,
    '',
    ...(form.preamble === undefined ? [] : [form.preamble]),
    ...parts.flatMap((part) => [`--${boundary}`, ...part]),
    `--${boundary}--`,
  ];
}

function textPart(type: string, text: string, form: Form): string[] {
  const { charset = 'utf-8', encoding = 'quoted-printable' } = form;
  const content =
    encoding === 'base64'
      ? base64Lines(Buffer.from(text.toWellFormed(), charset === 'utf-8' ? 'utf8' : 'utf16le'))
      : [toQuotedPrintable(text.replaceAll(/\r?\n/g, '\r\n'))];
  return [
    `Content-Type: ${type}; charset=${charset}`,
    `Content-Transfer-Encoding: ${encoding}`,
    '',
    ...content,
  ];
}

function imagePart(image: Buffer): string[] {
  return [
    'Content-Type: image/png',
    'Content-Transfer-Encoding: base64',
    'Content-ID: <picture>',
    'Content-Disposition: inline',
    '',
    ...base64Lines(image),
  ];
}

function base64Lines(octets: Buffer): string[] {
  return octets.toString('base64').match(/.{1,76}/g) ?? [''];
}
