import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Envelope, HeaderReader } from '#plugin-api';
import { envelopeFields } from '../../../plugins/spamassassin/envelope-fields.ts';

const now = new Date(Date.UTC(2026, 10, 3, 12, 0, 0));

function headers(...received: string[]): HeaderReader {
  return {
    get: () => undefined,
    all: (name) => (name.toLowerCase() === 'received' ? received : []),
    text: () => undefined,
    entries: () => [],
  };
}

function fieldsOf(envelope: Partial<Envelope>, ...received: string[]): string {
  return envelopeFields(
    { recipients: [], origin: 'outside', ...envelope },
    headers(...received),
    now,
  );
}

test('what is known of the envelope is told in the words of mail servers', () => {
  const envelope = {
    clientAddress: '192.0.2.1',
    helo: 'helo.example.com',
    clientName: 'name.example.com',
    sender: 'bounce+1=a@example.com',
  };
  const received = 'from a (b [10.0.0.1]) by c; Tue, 3 Nov 2026 09:00:00 +0000 (UTC)';
  assert.equal(
    fieldsOf(envelope, received),
    'X-Envelope-From: <bounce+1=a@example.com>\r\n' +
      'Received: from helo.example.com (name.example.com [192.0.2.1])\r\n' +
      '\tby postern.invalid with ESMTP; Tue, 3 Nov 2026 09:00:00 +0000 (UTC)\r\n',
  );
});

test('of what is not known nothing is made up', () => {
  assert.equal(fieldsOf({}), '');
  assert.equal(fieldsOf({ helo: 'helo.example.com', clientName: 'name.example.com' }), '');
  assert.equal(fieldsOf({ sender: '' }), 'X-Envelope-From: <>\r\n');
  assert.equal(
    fieldsOf({ clientAddress: '2001:db8::1' }),
    'Received: from [IPv6:2001:db8::1] ([IPv6:2001:db8::1])\r\n' +
      '\tby postern.invalid with ESMTP; Tue, 03 Nov 2026 12:00:00 +0000\r\n',
  );
});

test('a topmost field that names the client is not said again', () => {
  assert.equal(fieldsOf({ clientAddress: '192.0.2.1' }, 'from a (b [192.0.2.1]) by c; d'), '');
});

test('whatever a sender has written, the copy gets whole fields and no others', () => {
  const hostile = fc.string({ unit: 'binary', maxLength: 400 });
  const pieces = fc.oneof(hostile, fc.constant('x\r\nX-Spam: no'), fc.constant('a>\r\n\r\nbody'));
  fc.assert(
    fc.property(pieces, pieces, pieces, pieces, (helo, clientName, sender, received) => {
      const text = fieldsOf({ clientAddress: '192.0.2.1', helo, clientName, sender }, received);
      assert.match(
        text,
        /^(?:X-Envelope-From: <[!-~]*>\r\n)?(?:Received: [ -~]+\r\n\t[ -~]+\r\n)?$/,
      );
      assert.ok(text.length < 2000);
    }),
  );
});
