import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deletions } from '../../src/session/deletion.ts';
import type { UpstreamMessage } from '../../src/session/maildrop.ts';

const message: UpstreamMessage = {
  source: 'upstream',
  number: 3,
  upstreamNumber: 3,
  octets: 10,
  upstreamOctets: 10,
  uidl: 'abc',
};

test('a message that was never asked for may be deleted', () => {
  assert.deepEqual(new Deletions().verdictOn(message), { kind: 'allowed' });
});

test('a message that the client asked for in vain may not', () => {
  const deletions = new Deletions();
  deletions.refused(message);
  assert.equal(deletions.verdictOn(message).kind, 'refused');
  assert.equal(deletions.verdictOn({ ...message, number: 4, uidl: 'x' }).kind, 'allowed');
});

test('a message that the client was given may, whatever came before or after', () => {
  const deletions = new Deletions(new Map([['abc', ['old']]]));
  deletions.refused(message);
  deletions.delivered(message, undefined);
  deletions.refused(message);
  deletions.delivered(message, 'new');
  assert.deepEqual(deletions.verdictOn(message), { kind: 'allowed' });
});

test('what is deleted behind a notice is named with its originals', () => {
  const deletions = new Deletions(new Map([['abc', ['old']]]));
  const others = [4, 5].map((number) => ({ ...message, number, uidl: `uid${number}` }));
  deletions.delivered({ ...message, number: 4 }, 'new');
  assert.deepEqual(
    deletions.originalsOf([message, ...others]),
    new Map([
      [3, ['old']],
      [4, ['new']],
    ]),
  );
});

test('behind a notice it depends on the original, of this session or of an earlier one', () => {
  const deletions = new Deletions(new Map([['abc', ['old', 'older']]]));
  assert.deepEqual(deletions.verdictOn(message), {
    kind: 'depends',
    originals: ['old', 'older'],
  });
  deletions.delivered(message, 'new');
  assert.deepEqual(deletions.verdictOn(message), { kind: 'depends', originals: ['new'] });
});
