import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spamSchema } from '../../src/config/spam-schema.ts';
import { HeaderBlock, HeaderEdits } from '../../src/message/header-block.ts';
import { markSpam } from '../../src/pipeline/spam-fields.ts';
import { describeAssessment } from '../../src/pipeline/spam-words.ts';
import type { SpamAssessment } from '../../src/plugin-api/observation.ts';

const spam: SpamAssessment = {
  result: 'spam',
  probability: 0.9978,
  logOdds: 6.12,
  parts: [
    {
      plugin: 'words',
      logOdds: 4.02,
      weight: 1,
      reasons: [
        { name: 'word:prize', logOdds: 2 },
        { name: 'host:\u0455pam.example', logOdds: 1.5 },
        { name: 'against', logOdds: -1 },
        { name: 'c', logOdds: 0.4 },
        { name: 'd', logOdds: 0.1 },
      ],
    },
    { plugin: 'rspamd', logOdds: 4.2, weight: 0.5, reasons: [] },
  ],
  decidedBy: undefined,
};

const ham: SpamAssessment = { ...spam, result: 'ham', probability: 0.01, logOdds: -4.6 };

function marked(header: string, assessment: SpamAssessment, options: object = {}): string {
  const edits = new HeaderEdits(new HeaderBlock(Buffer.from(header, 'latin1')));
  markSpam(edits, assessment, spamSchema.parse(options));
  return edits.toBuffer().toString('latin1');
}

test('the field names each engine with its weighed part and its best grounds', () => {
  assert.equal(
    describeAssessment(spam),
    'spam; probability=99.8%; words=+4.02 (word:prize +2.00, host:?pam.example +1.50, c +0.40), ' +
      'rspamd=+2.10',
  );
  assert.match(describeAssessment({ ...ham, decidedBy: 'lists' }), /^ham; .*; decided-by=lists; /);
});

test('what senders put into names of reasons looks like no part of another engine', () => {
  const reasons = [{ name: 'x), sender-lists=-12.00 (sender-allowed; y', logOdds: 1 }];
  const parts = [{ plugin: 'words', logOdds: 1, weight: 1, reasons }];
  assert.match(
    describeAssessment({ ...spam, parts }),
    /; words=\+1\.00 \(x__ sender-lists=-12\.00 _sender-allowed_ y \+1\.00\)$/,
  );
});

test('what senders put into names of reasons makes no field longer than what LIST allows for', () => {
  const reasons = [{ name: 'x'.repeat(1000), logOdds: 1 }];
  const long = { ...spam, parts: spam.parts.map((part) => ({ ...part, reasons })) };
  assert.ok(describeAssessment(long).length <= 360);
});

test('spam has its mark in the subject once, ham has none', () => {
  const tags = { subject_tag: '[SPAM]', unsure_subject_tag: '[?]' };
  const subject = 'Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\n\r\n';
  assert.match(marked(subject, spam, tags), /\nSubject: \[SPAM\] =\?utf-8\?q\?gr=C3=BC/);
  assert.match(marked(subject, { ...spam, result: 'unsure' }, tags), /\nSubject: \[\?\] =/);
  assert.match(marked(subject, ham, tags), /\nSubject: =\?utf-8/);
  const tagged = 'Subject: [SPAM] x\r\n\r\n';
  assert.match(marked(tagged, spam, tags), /\nSubject: \[SPAM\] x\r\n/);
  assert.match(marked('From: a@example.org\r\n\r\n', spam, tags), /\nSubject: \[SPAM\]/);
});

test('the field for rules of mail programs is ours alone', () => {
  const flag = { flag_header: 'X-Spam-Flag' };
  const forged = 'X-Spam-Flag: NO\r\nx-spam-flag: YES\r\n\r\n';
  assert.equal(
    marked(forged, spam, flag)
      .match(/x-spam-flag: .*/gi)
      ?.join(),
    'X-Spam-Flag: YES',
  );
  assert.doesNotMatch(marked(forged, ham, flag), /x-spam-flag/i);
  assert.match(marked(forged, ham), /X-Spam-Flag: NO/);
});
