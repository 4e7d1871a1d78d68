// Owns letters in all the ways in which ordinary mail programs write them, around a given text.
import { MessageContent, viewOf } from '../../../src/pipeline/message-content.ts';
import { sampleFacts } from '../../../src/pipeline/testing.ts';
import type { MessageView } from '../../../src/plugin-api/message-view.ts';

export type TextType = 'plain' | 'html';

const from = 'From: ann@example.org\r\n';
const header = `${from}To: bob@example.net\r\nSubject: plans\r\nMIME-Version: 1.0\r\n`;
const longHeader = Array.from({ length: 60 }, (_, hop) => {
  return `Received: from relay${hop}.example.org by mx.example.net\r\n\twith ESMTPS; Mon, 2 Nov 2026 09:12:33 +0000\r\n`;
}).join('');

export function textPart(type: TextType, text: string, fields = ''): string {
  return `Content-Type: text/${type}; charset=utf-8\r\n${fields}\r\n${text}`;
}

const picture = [
  'Content-Type: image/png; name="a.png"',
  'Content-Transfer-Encoding: base64',
  '',
  'iVBORw0KGgo=',
].join('\r\n');

export function multipart(kind: string, ...parts: readonly string[]): string {
  const boundary = `=_${kind}_${parts.length}_${Math.max(...parts.map((part) => part.length))}`;
  const opened = parts.map((part) => `--${boundary}\r\n${part}\r\n`);
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${opened.join('')}--${boundary}--\r\n`;
}

type Letter = (type: TextType, text: string) => string;

const plain = textPart('plain', 'hello');

/** Their text need not be scanned by itself. */
export const ordinaryLetters: Readonly<Record<string, Letter>> = {
  'a text': (type, text) => header + textPart(type, text),
  'a text in 7bit': (type, text) =>
    header + textPart(type, text, 'Content-Transfer-Encoding: 7bit\r\n'),
  'a text in 8bit, to be shown': (type, text) =>
    header +
    textPart(type, text, 'Content-Transfer-Encoding: 8BIT\r\nContent-Disposition: inline\r\n'),
  'a text below a long header': (type, text) => longHeader + header + textPart(type, text),
  'one of two alternatives': (type, text) =>
    header + multipart('alternative', plain, textPart(type, text)),
  'the first of two alternatives': (type, text) =>
    header + multipart('alternative', textPart(type, text), plain),
  'a text before a picture': (type, text) =>
    header + multipart('mixed', textPart(type, text), picture),
  'a text behind a picture': (type, text) =>
    header + multipart('mixed', picture, textPart(type, text)),
  'alternatives before a picture': (type, text) =>
    header + multipart('mixed', multipart('alternative', plain, textPart(type, text)), picture),
  'alternatives with a picture of their own': (type, text) => {
    const page = multipart('related', textPart(type, text), picture);
    return header + multipart('mixed', multipart('alternative', plain, page), picture);
  },
  'a signed text': (type, text) =>
    header +
    multipart('signed', textPart(type, text), 'Content-Type: application/pgp-signature\r\n\r\nx'),
  'a report': (type, text) =>
    header +
    multipart('report', textPart(type, text), 'Content-Type: message/delivery-status\r\n\r\nx: y'),
  'the last of many texts': (type, text) =>
    header + multipart('mixed', ...Array.from({ length: 18 }, () => plain), textPart(type, text)),
  'a long text': (type, text) =>
    header + multipart('mixed', textPart(type, text + 'of the plan\r\n'.repeat(9000))),
  'a text of long lines': (type, text) =>
    header + multipart('mixed', textPart(type, `${text}\r\n${'x'.repeat(998)}\r\n`)),
};

const fields = [
  'Received: from mx.example.org by mail.example.net; Mon, 2 Nov 2026 09:12:33 +0000',
  'Return-Path: <ann@example.org>',
  'Delivered-To: bob@example.net',
  'Envelope-to: bob@example.net',
  'Message-ID: <1@example.org>',
  'Message-Id: <1@example.org>',
  'From: ann@example.org',
  'To: bob@example.net',
  'Date: Mon, 2 Nov 2026 09:12:33 +0000',
  'Subject: plans',
];

/** The same letter under each of the fields by which clamd knows a mail. */
export const letterHeads: Readonly<Record<string, Letter>> = Object.fromEntries(
  fields.map((field): [string, Letter] => [
    field,
    (type, text) => `${field}\r\n${multipart('mixed', textPart(type, text))}`,
  ]),
);

const inMixed = (part: string): string => header + multipart('mixed', part);

/** Something in them is not so ordinary that clamd's own reading is relied upon. */
export const oddLetters: Readonly<Record<string, Letter>> = {
  'an unknown field at the start': (type, text) => `X-Odd: x\r\n${header}${textPart(type, text)}`,
  'a field at the start in upper case': (type, text) =>
    (header + textPart(type, text)).replace('From', 'FROM'),
  'a blank before the colon': (type, text) =>
    (header + textPart(type, text)).replace('From:', 'From :'),
  'no type': (_type, text) => `${header}\r\n${text}`,
  'a part without a header': (_type, text) => inMixed(`\r\n${text}`),
  'another type': (type, text) => inMixed(textPart(type, text).replace('text/', 'application/')),
  'two types': (type, text) => inMixed(`Content-Type: image/png\r\n${textPart(type, text)}`),
  'a comment in the type': (type, text) => inMixed(textPart(type, text).replace(';', ' (x);')),
  'a file name': (type, text) => inMixed(textPart(type, text).replace('charset', 'name')),
  'an attachment': (type, text) =>
    inMixed(textPart(type, text, 'Content-Disposition: attachment\r\n')),
  'quoted-printable': (type, text) =>
    inMixed(textPart(type, text, 'Content-Transfer-Encoding: quoted-printable\r\n')),
  'an unknown encoding': (type, text) =>
    inMixed(textPart(type, text, 'Content-Transfer-Encoding: x-none\r\n')),
  'a control octet': (type, text) => inMixed(textPart(type, `${text}\x1b`)),
  'a long line': (type, text) => inMixed(textPart(type, `${text}\r\n${'x'.repeat(1001)}\r\n`)),
  'a huge text': (type, text) => inMixed(textPart(type, text + 'the plan\r\n'.repeat(14_000))),
  'an unknown multipart': (type, text) => header + multipart('parallel', textPart(type, text)),
  'a message in the message': (type, text) =>
    inMixed(`Content-Type: message/rfc822\r\n\r\n${header}${textPart(type, text)}`),
  'too deep a tree': (type, text) =>
    header +
    Array.from({ length: 5 }).reduce<string>(
      (inner) => multipart('mixed', inner),
      textPart(type, text),
    ),
  'too many parts': (type, text) =>
    header + multipart('mixed', ...Array.from({ length: 20 }, () => plain), textPart(type, text)),
  'two ways to read it': (type, text) =>
    header.replace('MIME', 'Content-Type: text/html\r\nMIME') + textPart(type, text),
};

/** A message as plugins see it, with the real walk over its parts. */
export function viewOfLetter(letter: string): MessageView {
  const octets = Buffer.from(letter, 'latin1');
  const content = new MessageContent({
    octets: octets.length,
    until: async () => {},
    async *read(from = 0) {
      yield octets.subarray(from);
    },
  });
  return viewOf(sampleFacts(octets.length), () => content, new AbortController().signal);
}
