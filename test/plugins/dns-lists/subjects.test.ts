import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subjectsOf, toSubject } from '../../../plugins/dns-lists/subjects.ts';
import { wantedUntil } from '../../../src/pipeline/interest.ts';
import { EnvelopeSource, envelopeOption } from '../../../src/plugin-api/envelope-source.ts';
import { wholeMessage } from '../../helpers/pipeline.ts';

const own = ['example.net'];

for (const [host, expected] of [
  ['8.8.4.4', '8.8.4.4'],
  ['2606:4700::1', '2606:4700::1'],
  ['www.example.com', 'www.example.com'],
  ['EXAMPLE.com.', 'example.com'],
  ['10.1.2.3', undefined],
  ['127.0.0.1', undefined],
  ['100.64.0.1', undefined],
  ['::1', undefined],
  ['fd00::1', undefined],
  ['64:ff9b::a00:1', undefined],
  ['1.2.3', undefined],
  ['localhost', undefined],
  ['printer.local', undefined],
  ['host.internal', undefined],
  ['com', undefined],
  ['example.net', undefined],
  ['mail.example.net', undefined],
  ['exa mple.com', undefined],
] as const) {
  test(`about '${host}' others ${expected === undefined ? 'are not' : 'are'} asked`, () => {
    assert.equal(toSubject(host, own)?.text, expected);
  });
}

const source = {
  envelopes: new EnvelopeSource(envelopeOption().parse(undefined)),
  wanted: new Set(['client', 'helo', 'sender', 'from', 'reply-to', 'uri'] as const),
  ignore: own,
};

function viewOf(text: string) {
  return wholeMessage(text.replaceAll('\n', '\r\n')).viewWhile(
    wantedUntil(new AbortController().signal),
  );
}

test('all that a message names is found, what is clicked on before what is only shown', async () => {
  const view = viewOf(`Return-Path: <b@bounce.example.com>
Received: from helo.example.org (name.example.org [8.8.4.4]) by mx.example.net (Postfix) with ESMTP id 1; x
Received: from forged.example.org (forged.example.org [9.9.9.9]) by mx.example.org (Postfix) with ESMTP id 1; x
From: "x@name.example.com" <a@from.example.com>
Reply-To: c@reply.example.com
Content-Type: text/html

<img src="http://image.example.com/"><a href="http://link.example.com/">mail.example.net</a>
<a href="http://[2606:4700::1]/">x</a><a href="http://192.168.0.1/">x</a>
`);
  const found = await subjectsOf(view, source);
  assert.deepEqual(
    found.map(({ about, subject }) => `${about} ${subject.text}`),
    [
      'client 8.8.4.4',
      'from from.example.com',
      'sender bounce.example.com',
      'reply-to reply.example.com',
      'helo helo.example.org',
      'uri link.example.com',
      'uri 2606:4700::1',
      'uri image.example.com',
    ],
  );
});

test('what no list wants to know is not looked for', async () => {
  const view = viewOf('From: a@from.example.com\n\nhttp://link.example.com/\n');
  const found = await subjectsOf(view, { ...source, wanted: new Set(['from'] as const) });
  assert.deepEqual(
    found.map(({ subject }) => subject.text),
    ['from.example.com'],
  );
});

test('of thousands of links a bounded number is taken', async () => {
  const links = Array.from({ length: 20_000 }, (_, index) => `http://h${index}.example.com/`);
  const found = await subjectsOf(viewOf(`From: a@b.example.com\n\n${links.join('\n')}\n`), source);
  assert.ok(found.length <= 101);
});
