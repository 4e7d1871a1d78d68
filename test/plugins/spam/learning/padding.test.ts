import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractFeatures } from '../../../../plugins/spam/features/extract.ts';
import { sampleOf } from '../../../../plugins/spam/features/sample.ts';
import { SpamModel } from '../../../../plugins/spam/learning/model.ts';
import { madeUpMail } from '../made-up-mail.ts';

const model = SpamModel.empty();
for (let seed = 0; seed < 30; seed += 1) {
  for (const kind of ['ham', 'spam'] as const) {
    model.train(extractFeatures(sampleOf(madeUpMail(kind, seed))), kind, 'correction');
  }
}

function textOf(mail: Buffer): string {
  return mail.toString().split('\r\n\r\n')[1] ?? '';
}

/** Spam with another text. */
function withText(text: string): Buffer {
  const mail = madeUpMail('spam', 900).toString();
  return Buffer.from(`${mail.split('\r\n\r\n')[0]}\r\n\r\n${text}`);
}

function oddsOf(text: string): number {
  return model.classify(extractFeatures(sampleOf(withText(text)))).logOdds;
}

function isCaught(text: string): boolean {
  return oddsOf(text) > 0;
}

const own = textOf(madeUpMail('spam', 900));
/** About 2,000 words of ham. */
const padding = Array.from({ length: 50 }, (_, seed) => textOf(madeUpMail('ham', 500 + seed))).join(
  '\n',
);

test('words of ham above, below and around a text do not hide it', () => {
  assert.ok(isCaught(own));
  assert.ok(isCaught(`${own}\n\n${padding}`));
  assert.ok(isCaught(`${padding}\n\n${own}`));
  assert.ok(isCaught(`${padding}\n\n${own}\n\n${padding}`));
});

test('what only a part of a message speaks for is less sure than what the whole does', () => {
  const padded = oddsOf(`${padding}\n\n${own}\n\n${padding}`);
  assert.ok(padded > 0);
  assert.ok(padded < oddsOf(own) / 2);
});

test('long ham with a strange stretch above is not spam', () => {
  const letter = madeUpMail('ham', 901).toString();
  const strange = Array.from({ length: 60 }, (_, at) => `word${at}`).join(' ');
  const { logOdds } = model.classify(
    extractFeatures(
      sampleOf(Buffer.from(letter.replace(textOf(madeUpMail('ham', 901)), strange + padding))),
    ),
  );
  assert.ok(logOdds < 0);
});

test('one correction turns the next message of the same kind, and one more turns it back', () => {
  const reader = model.overlay();
  const letter = (seed: number): Buffer =>
    Buffer.from(
      [
        'From: "Oak Mill" <news@oakmill.example>',
        `Subject: shoes and jackets, number ${seed}`,
        'Content-Type: text/html',
        '',
        `<p>new shoes, jackets and hats this week, from ${seed} euros</p>`,
        '<a href="https://oakmill.example/shop">shop</a>',
        '',
      ].join('\r\n'),
    );
  const oddsOf = (seed: number): number =>
    reader.classify(extractFeatures(sampleOf(letter(seed)))).logOdds;
  reader.train(extractFeatures(sampleOf(letter(1))), 'spam', 'correction');
  assert.ok(oddsOf(2) > 0);
  reader.train(extractFeatures(sampleOf(letter(3))), 'ham', 'correction');
  assert.ok(oddsOf(4) < 0);
});
