import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/base/errors.ts';
import { refusalOf, refusalReply } from '../../src/proxy/refuse.ts';

const secret = 'open-sesame /var/lib/secret';

test('a client reads the public text and code, never details or causes', () => {
  const error = new AppError('X_FAILED', {
    fault: 'proxy',
    publicText: 'try again later',
    details: { path: secret },
    cause: new Error(secret),
  });
  assert.equal(refusalReply(error).toString(), '-ERR [SYS/TEMP] try again later\r\n');
});

test('a client reads what the upstream said, in its own words', () => {
  const error = new AppError('UPSTREAM_LOGIN_REFUSED', {
    fault: 'upstream',
    publicText: 'refused by the mail server',
    peerText: 'mailbox in use',
    responseCode: 'IN-USE',
  });
  assert.equal(refusalReply(error).toString(), '-ERR [IN-USE] mailbox in use\r\n');
});

test('an error without a code stays without one', () => {
  const error = new AppError('X', { fault: 'upstream', publicText: 'no', responseCode: 'none' });
  assert.deepEqual(refusalOf(error), { text: 'no', responseCode: undefined });
  assert.equal(refusalReply(error).toString(), '-ERR no\r\n');
});

for (const unknown of [new Error(secret), secret, undefined, { clientText: secret }]) {
  test(`of an unknown failure a client learns nothing: ${typeof unknown}`, () => {
    const reply = refusalReply(unknown).toString();
    assert.match(reply, /^-ERR \[SYS\/TEMP\] /);
    assert.doesNotMatch(reply, /sesame|secret/);
  });
}

test('whatever a peer said, the refusal is one short printable line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (peerText) => {
      const reply = refusalReply(
        new AppError('X', { fault: 'upstream', publicText: 'no', peerText }),
      ).toString('latin1');
      assert.match(reply, /^-ERR \[SYS\/TEMP\] [\x20-\x7e]*\r\n$/);
      assert.ok(reply.length <= 512);
    }),
  );
});
