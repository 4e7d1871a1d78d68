import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMailbox, shapeOf, userName, wholeMessage } from '../../bench/source/mailbox.ts';

function mailboxOf(octets: number, serial: number) {
  const mailbox = findMailbox(userName(3, octets, serial));
  assert.ok(mailbox !== undefined);
  return mailbox;
}

for (const octets of [1000, 8192, 300_000, 5_000_000]) {
  test(`messages of ${octets} octets are about as large, and exactly as large as announced`, () => {
    const mailbox = mailboxOf(octets, 1);
    const message = wholeMessage(mailbox, 2);
    assert.equal(message.length, mailbox.octets);
    assert.ok(Math.abs(message.length - octets) < 300, String(message.length));
  });

  test(`messages of ${octets} octets have CRLF line ends, no long line and no dot at a line start`, () => {
    const lines = wholeMessage(mailboxOf(octets, 1), 1).toString('latin1').split('\r\n');
    assert.equal(lines.pop(), '');
    for (const line of lines) assert.match(line, /^(?!\.)[^\r\n]{0,100}$/);
  });
}

test('every message of every user is another, and all are of one size', () => {
  const all = [1, 2, 1_000_000].flatMap((serial) =>
    [1, 2, 3].map((number) => wholeMessage(mailboxOf(8192, serial), number)),
  );
  assert.equal(new Set(all.map((message) => message.toString('latin1'))).size, all.length);
  assert.equal(new Set(all.map((message) => message.length)).size, 1);
});

test('no two attachments are the same', () => {
  const bodies = [1, 2].flatMap((serial) =>
    [1, 2].map((number) => {
      const message = wholeMessage(mailboxOf(300_000, serial), number).toString('latin1');
      return message.slice(message.indexOf('base64'));
    }),
  );
  assert.equal(new Set(bodies).size, 4);
});

test('large messages share their octets', () => {
  const { rest } = shapeOf(50_000_000);
  assert.ok(rest.length > 100);
  assert.ok(new Set(rest).size < 5);
});

test('a user of no maildrop of the bench has none', () => {
  for (const user of ['', 'ann', 'm1x2', 'm1x2@', 'm1@3', 'xm1x2@3']) {
    assert.equal(findMailbox(user), undefined, user);
  }
});
