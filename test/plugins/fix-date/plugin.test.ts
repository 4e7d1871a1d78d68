import assert from 'node:assert/strict';
import { test } from 'node:test';
import fixDate from '../../../plugins/fix-date/index.ts';
import { letter, outputOf } from '../letters.ts';

const received = [
  'Received: from a by b (x; y) with ESMTP id 1;',
  '\tMon, 2 Nov 2026 10:00:05 +0100 (CET)',
  'Received: from c by a; Sun, 1 Nov 2026 09:00:00 +0000',
];
const taken = 'Mon, 2 Nov 2026 10:00:05 +0100 (CET)';

async function fix(...fields: readonly string[]): Promise<string> {
  return await outputOf(fixDate, {}, letter(...fields, '', 'Hello.'));
}

test('a missing date is that of the topmost Received', async () => {
  assert.equal(
    await fix(...received, 'Subject: Hi'),
    letter(`Date: ${taken}`, ...received, 'Subject: Hi', '', 'Hello.').toString('latin1'),
  );
});

for (const wrong of [
  'yesterday',
  '',
  '2026-11-02T10:00:00Z',
  '32 Nov 2026 10:00:00 +0000',
  'Mon, 2 Nov 2026',
  '\xff\xfe',
]) {
  test(`the date ${JSON.stringify(wrong)} is none, and is kept under another name`, async () => {
    const kept = wrong.replaceAll(/[^\x20-\x7e]/g, '?');
    assert.equal(
      await fix(`Date: ${wrong}`, ...received),
      letter(
        kept === '' ? 'X-Original-Date:' : `X-Original-Date: ${kept}`,
        `Date: ${taken}`,
        ...received,
        '',
        'Hello.',
      ).toString('latin1'),
    );
  });
}

for (const right of [
  'Mon, 02 Nov 2026 10:00:05 +0100',
  'Mon, 2 Nov 2026 10:00:05 -0000 (some zone)',
  '2 Nov 2026 10:00 +0100',
  'mon,  2  nov 2026 10:00:05 GMT',
  'Mon, 2 Nov 98 10:00:05 EST',
  '2 Nov 2026 10:00:05 UT',
]) {
  test(`the date ${right} stays octet for octet`, async () => {
    const message = letter(`Date:  ${right}`, ...received, '', 'Hello.').toString('latin1');
    assert.equal(await fix(`Date:  ${right}`, ...received), message);
  });
}

test('of several dates the first one that is a date stays', async () => {
  const right = 'Sun, 1 Nov 2026 08:00:00 +0000';
  assert.equal(
    await fix('Date: today', `Date: ${right}`, ...received),
    letter('X-Original-Date: today', `Date: ${right}`, ...received, '', 'Hello.').toString(
      'latin1',
    ),
  );
});

test('without a usable Received the message stays as it is', async () => {
  for (const fields of [
    ['Subject: Hi'],
    ['Date: today', 'Received: by a; tomorrow'],
    ['Received: by a'],
  ]) {
    assert.equal(await fix(...fields), letter(...fields, '', 'Hello.').toString('latin1'));
  }
});
