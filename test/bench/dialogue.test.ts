import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Dialogue, type Progress, stepsOf } from '../../bench/load/dialogue.ts';

const message = 'From: a\r\n\r\n..one dot\r\n.\r\n';
const script = { user: 'm2x8@1', messages: 2, kind: 'download' } as const;
const replies = ['+OK hi\r\n', '+OK\r\n', '+OK\r\n', '+OK 2 16\r\n', `+OK\r\n${message}`];
const both = [...replies, `+OK\r\n${message}`, '+OK bye\r\n'];

test('a session says what its script asks for, each after the reply to the one before', () => {
  const dialogue = new Dialogue(stepsOf(script));
  const said = both.map((reply) => dialogue.receive(Buffer.from(reply)));
  assert.deepEqual(
    said.map((progress) => (progress.kind === 'say' ? progress.command : progress.kind)),
    [
      'USER m2x8@1\r\n',
      'PASS secret\r\n',
      'STAT\r\n',
      'RETR 1\r\n',
      'RETR 2\r\n',
      'QUIT\r\n',
      'over',
    ],
  );
  assert.equal(dialogue.octets, 2 * (5 + message.length));
});

test('any chunking of the replies leads to the same commands', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 200 }), (sizes) => {
      const dialogue = new Dialogue(stepsOf(script));
      let last: Progress = { kind: 'waiting' };
      for (const reply of both) {
        let rest = Buffer.from(reply);
        while (rest.length > 0) {
          const size = sizes[rest.length % sizes.length] ?? 1;
          last = dialogue.receive(rest.subarray(0, size));
          rest = rest.subarray(size);
          assert.equal(last.kind === 'waiting', rest.length > 0);
        }
      }
      assert.equal(last.kind, 'over');
      assert.equal(dialogue.octets, 2 * (5 + message.length));
    }),
  );
});

test('a refusal ends the session and is told', () => {
  const dialogue = new Dialogue(stepsOf(script));
  dialogue.receive(Buffer.from('+OK hi\r\n'));
  assert.deepEqual(dialogue.receive(Buffer.from('-ERR [IN-USE] busy\r\n')), {
    kind: 'failed',
    reply: '-ERR [IN-USE] busy',
  });
});

test('a list without entries is whole', () => {
  const dialogue = new Dialogue([{ command: 'LIST\r\n', reply: 'lines' }]);
  dialogue.receive(Buffer.from('+OK hi\r\n'));
  assert.equal(dialogue.receive(Buffer.from('+OK\r\n')).kind, 'waiting');
  assert.equal(dialogue.receive(Buffer.from('.\r\n')).kind, 'over');
});

test('a session that stays does not say QUIT', () => {
  const commands = stepsOf({ ...script, kind: 'stay' }).map(({ command }) => command);
  assert.deepEqual(commands, ['USER m2x8@1\r\n', 'PASS secret\r\n', 'STAT\r\n']);
});
