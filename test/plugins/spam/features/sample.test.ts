import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { extractFeatures } from '../../../../plugins/spam/features/extract.ts';
import { SampleBuilder, sampleOf } from '../../../../plugins/spam/features/sample.ts';
import { madeUpMail } from '../made-up-mail.ts';

const mixed = Buffer.from(
  [
    'From: =?utf-8?q?Gr=C3=BCn?= <a@example.org>',
    'Subject: two texts',
    'Content-Type: multipart/alternative; boundary="b"',
    '',
    'preamble',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('hello wörld, this is plain\n'.repeat(40)).toString('base64'),
    '--b',
    'Content-Type: text/html; charset=iso-8859-1',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    '<p>hello w=F6rld, this <b>is</b> HTML</p>=',
    '--b--',
    '',
  ].join('\r\n'),
);

test('any chunking of a message gives the same sample', () => {
  for (const message of [mixed, madeUpMail('spam', 3)]) {
    const whole = sampleOf(message);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (sizes) => {
        const builder = new SampleBuilder();
        let at = 0;
        for (let turn = 0; at < message.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          builder.push(message.subarray(at, at + size));
          at += size;
        }
        assert.deepEqual(builder.end(), whole);
      }),
      { numRuns: 60 },
    );
  }
});

test('texts are decoded, whatever they are encoded in', () => {
  const { texts } = sampleOf(mixed);
  assert.deepEqual(
    texts.map(({ kind, charset }) => ({ kind, charset })),
    [
      { kind: 'plain', charset: 'utf-8' },
      { kind: 'html', charset: 'iso-8859-1' },
    ],
  );
  assert.ok(texts[0]?.head.startsWith('hello wörld'));
  assert.ok(texts[1]?.head.includes('hello wörld'));
});

test('of a long text the beginning and the end are kept', () => {
  const body = `first words ${'x '.repeat(400_000)} last words`;
  const [text] = sampleOf(Buffer.from(`Subject: long\r\n\r\n${body}`)).texts;
  assert.ok(text !== undefined);
  assert.ok(text.head.startsWith('first words'));
  assert.ok(text.tail.endsWith('last words'));
  assert.ok(text.head.length + text.tail.length < 300_000);
});

test('no octets whatever stop the extraction, and the same octets give the same features', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (octets) => {
      const head = Buffer.from('Content-Type: text/html\r\n\r\n');
      for (const message of [Buffer.from(octets), Buffer.concat([head, octets])]) {
        const one = extractFeatures(sampleOf(message));
        const other = extractFeatures(sampleOf(message));
        assert.deepEqual(one.words, other.words);
        assert.deepEqual(one.traits, other.traits);
      }
    }),
    { numRuns: 150 },
  );
});
