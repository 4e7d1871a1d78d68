// Owns the fuzz target of envelopes: the input is what a sender wrote, below a field of the provider and
// without one.
import assert from 'node:assert/strict';
import { NetworkSet } from '../../../src/base/network.ts';
import { type Envelope, rebuildEnvelope } from '../../../src/message/envelope.ts';
import type { EnvelopeTrust } from '../../../src/message/envelope-trust.ts';
import { HeaderBlock } from '../../../src/message/header-block.ts';
import type { FuzzTarget } from '../target.ts';

const trust: EnvelopeTrust = {
  writers: ['provider.test'],
  relays: ['provider.test'],
  networks: new NetworkSet([]),
};

const top = Buffer.from(
  [
    'Return-Path: <a@example.org>',
    'Received: from h (n.example.org [192.0.2.1]) by mx.provider.test with ESMTP id 1; x',
    '',
  ].join('\r\n'),
);

const expected: Envelope = {
  clientAddress: '192.0.2.1',
  helo: 'h',
  clientName: 'n.example.org',
  sender: 'a@example.org',
  recipients: [],
  queueId: '1',
  origin: 'outside',
};

function check(input: Buffer): void {
  const below = new HeaderBlock(Buffer.concat([top, input]));
  assert.deepEqual(rebuildEnvelope(below, trust), expected);
  const alone = rebuildEnvelope(new HeaderBlock(input), trust);
  assert.ok(alone.recipients.length <= 10);
  // What goes to other programs on lines of their own.
  for (const text of [alone.helo, alone.sender, alone.queueId, ...alone.recipients]) {
    assert.doesNotMatch(text ?? '', /[\0-\x20\x7f]/);
  }
}

export const envelope: FuzzTarget = {
  name: 'envelope',
  dictionary: [
    'Received: ',
    'Return-Path: <b@example.org>\r\n',
    'Delivered-To: ',
    'Authentication-Results: mx.provider.test; spf=pass smtp.mailfrom=',
    'Received-SPF: pass client-ip=',
    'from ',
    ' by mx.provider.test',
    ' by localhost',
    ' with ESMTPSA',
    ' with LMTP',
    ' (HELO x)',
    ' (n [203.0.113.9])',
    ' ([10.0.0.1])',
    ' for <c@example.org>',
    ' id 2',
    '; x\r\n',
    '\r\n ',
    '(',
    ')',
    '"',
    '\\',
    '\r',
  ],
  check,
  exercise(input) {
    rebuildEnvelope(new HeaderBlock(input), trust);
  },
};
