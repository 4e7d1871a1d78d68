import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LetterTexts } from '../../../plugins/clamav/letter-texts.ts';
import { letterHeads, multipart, oddLetters, ordinaryLetters, viewOfLetter } from './letters.ts';

const text = '<p>the text of the letter</p>\r\n';

/** Whether each part with the text is one that clamd has seen. */
async function includes(letter: string): Promise<boolean[]> {
  const message = viewOfLetter(letter);
  const texts = new LetterTexts(message);
  const found: boolean[] = [];
  for await (const part of message.parts()) {
    const isSeen = await texts.include(part);
    const pieces: Buffer[] = [];
    for await (const piece of part.content()) pieces.push(piece);
    if (Buffer.concat(pieces).includes(text.trim())) found.push(isSeen);
  }
  return found;
}

for (const [name, letter] of Object.entries({ ...ordinaryLetters, ...letterHeads })) {
  test(`the text of a letter: ${name}`, async () => {
    assert.deepEqual(await includes(letter('html', text)), [true]);
    assert.deepEqual(await includes(letter('plain', text)), [true]);
  });
}

for (const [name, letter] of Object.entries(oddLetters)) {
  test(`no text that could be left out: ${name}`, async () => {
    const found = await includes(letter('html', text));
    assert.ok(found.length > 0);
    assert.ok(found.every((isSeen) => !isSeen));
  });
}

test('what follows something odd is no text of an ordinary letter either', async () => {
  const odd = multipart('parallel', 'Content-Type: text/plain\r\n\r\nhello');
  const last = `Content-Type: text/html\r\n\r\n${text}`;
  const letter = `From: ann@example.org\r\n${multipart('mixed', odd, last)}`;
  assert.deepEqual(await includes(letter), [false]);
});

test('an empty message has none', async () => {
  assert.deepEqual(await includes(''), []);
});
