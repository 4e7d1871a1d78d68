import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { fileTypeFromBuffer } from 'file-type';
import { mayBeKnown } from '../../../../plugins/attachment-policy/types/known-text.ts';

const letter = Buffer.from('Dear Ann, here is what we agreed about the plan.\r\n'.repeat(90));

interface Mark {
  readonly at: number;
  readonly octets: Buffer;
}

/** All octets that the package compares a file with, wherever it does. */
function marksOfPackage(): Mark[] {
  const source = readFileSync(fileURLToPath(import.meta.resolve('file-type')), 'utf8');
  const calls =
    /check(?:String)?\((?:'((?:[^'\\]|\\.)*)'|String\.raw`([^`]*)`|\[([^\]]*)\])(?:, \{offset: (\d+)[^}]*\})?\)/g;
  return [...source.matchAll(calls)].map(([, text, raw, numbers = '', at = '0']) => ({
    at: Number(at),
    octets:
      text === undefined && raw === undefined
        ? Buffer.from(numbers.split(',').map(Number))
        : Buffer.from(raw ?? JSON.parse(`"${text?.replace(/\\0/, '\\u0000')}"`), 'latin1'),
  }));
}

function marked(head: Buffer, ...marks: readonly Mark[]): Buffer {
  const copy = Buffer.from(head);
  for (const { at, octets } of marks) octets.copy(copy, at);
  return copy;
}

async function typeOf(head: Buffer): Promise<string | undefined> {
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  return found?.ext === 'xml' ? undefined : found?.ext;
}

async function assertNotMissed(head: Buffer): Promise<void> {
  if (mayBeKnown(head)) return;
  assert.equal(await typeOf(head), undefined, head.toString('latin1', 0, 280));
}

const marks = marksOfPackage();

test('what marks a file for the package is found in its source', () => {
  assert.ok(marks.length > 150, `${marks.length}`);
  for (const text of ['BEGIN:', 'ftyp', 'solid ', '{\\rtf']) {
    assert.ok(marks.some(({ octets }) => octets.toString() === text));
  }
});

test('no text that the package knows is held back from it, whichever marks it bears', async () => {
  for (const [index, mark] of marks.entries()) {
    await assertNotMissed(marked(letter, mark));
    for (const other of marks.slice(index + 1)) await assertNotMissed(marked(letter, mark, other));
  }
});

const samples: readonly (readonly [what: string, head: string])[] = [
  ['a drawing', 'AC1015 and then some text that is as long as it need be.'],
  ['a card', 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Example\r\nEND:VCARD\r\n'],
  ['a calendar', 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n'],
  ['subtitles', 'WEBVTT\r\n\r\n00:00.000 --> 00:01.000\r\nHello, Bob Example.\r\n'],
  ['a film', `....ftypisom${'.'.repeat(99)}`],
  ['a picture', 'BMW is the maker of the car that we talked about today.'],
  ['a font', `wOFFOTTO${'.'.repeat(99)}`],
];

for (const [what, text] of samples) {
  test(`${what} that is text is known as before`, async () => {
    const head = Buffer.from(text, 'latin1');
    assert.notEqual(await typeOf(head), undefined);
    assert.equal(mayBeKnown(head), true);
  });
}

/** A header of tar, all of it text but the zeros that are not there. */
function tarInText(length: number, sum: (sum: number) => string): Buffer {
  const head = Buffer.from('name-of-a-file.'.repeat(20), 'latin1').subarray(0, length);
  let total = 8 * 0x20;
  for (const [at, octet] of head.entries()) if (at < 148 || at >= 156) total += octet;
  head.write(sum(total), 148, 'latin1');
  return head;
}

for (const length of [160, 200, 257]) {
  test(`a header of tar in ${length} octets of text is known as before`, async () => {
    const write = [
      (sum: number) => `${sum.toString(8)}  `,
      (sum: number) => ` ${sum.toString(8)} `,
      // A blank in UTF-8 that is no blank in ASCII.
      (sum: number) => `\xc2\xa0${sum.toString(8).slice(0, 4)}`,
    ];
    for (const sum of write) {
      const head = tarInText(length, sum);
      if ((await typeOf(head)) === 'tar') assert.equal(mayBeKnown(head), true);
    }
    assert.equal(await typeOf(tarInText(length, (sum) => `${sum.toString(8)}  `)), 'tar');
  });
}

test('no text whatever is held back from the package that knows it', async () => {
  const start = fc.constantFrom(...marks.map(({ octets }) => octets.toString('latin1')), '');
  const text = fc.stringMatching(/^[\t\n\r -~]{0,300}$/);
  const gap = fc.integer({ min: 0, max: 40 });
  await fc.assert(
    fc.asyncProperty(start, text, gap, async (mark, rest, at) => {
      const head = Buffer.from(`${rest.slice(0, at)}${mark}${rest.slice(at)}`, 'latin1');
      await assertNotMissed(head);
    }),
    { numRuns: 2000 },
  );
});

test('the package is not asked about letters', () => {
  const letters = [
    letter,
    Buffer.from('Liebe Anna,\r\n\r\nschöne Grüße aus Köln, und bis nächste Woche.\r\n'),
    Buffer.from('> On Monday, Bob wrote:\r\n> Re the plan: yes.\r\n\r\nGood.\r\n'),
    Buffer.from('<!DOCTYPE html>\r\n<html><head><title>News</title></head><body>\r\n'),
  ];
  for (const head of letters) assert.equal(mayBeKnown(head), false);
});
