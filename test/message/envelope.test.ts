import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NetworkSet, parseNetwork } from '../../src/base/network.ts';
import { type Envelope, rebuildEnvelope } from '../../src/message/envelope.ts';
import type { EnvelopeTrust } from '../../src/message/envelope-trust.ts';
import { HeaderBlock } from '../../src/message/header-block.ts';

const network = parseNetwork('198.51.100.0/24');
assert.ok(network !== undefined);
const trust: EnvelopeTrust = {
  writers: ['provider.test'],
  relays: ['provider.test'],
  networks: new NetworkSet([network]),
};

function envelopeOf(lines: readonly string[], given = trust): Envelope {
  return rebuildEnvelope(new HeaderBlock(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)), given);
}

const returnPath = 'Return-Path: <bounce@example.org>';
const outside =
  'Received: from mail.example.org (out1.example.org [192.0.2.1])\r\n\tby mx.provider.test (Postfix) with ESMTPS id Q1\r\n\tfor <user@provider.test>; Tue, 3 Nov 2026 10:00:00 +0100';
const forged = [
  'Return-Path: <president@bank.test>',
  'Delivered-To: boss@provider.test',
  'Received-SPF: pass client-ip=203.0.113.9; helo=bank.test; envelope-from=president@bank.test',
  'Authentication-Results: mx.provider.test; spf=pass smtp.mailfrom=president@bank.test smtp.helo=bank.test; iprev=pass policy.iprev=203.0.113.9',
  'Received: from bank.test (bank.test [203.0.113.9]) by mx.provider.test (Postfix) with ESMTPS id Q2 for <boss@provider.test>; Tue, 3 Nov 2026 10:00:00 +0100',
];
const rest = ['From: President <president@bank.test>', 'Subject: Hello'];

const known: Envelope = {
  clientAddress: '192.0.2.1',
  clientName: 'out1.example.org',
  helo: 'mail.example.org',
  sender: 'bounce@example.org',
  recipients: ['user@provider.test'],
  queueId: 'Q1',
  origin: 'outside',
};

test('the topmost field of the provider says who handed the message in', () => {
  assert.deepEqual(envelopeOf([returnPath, outside, ...rest]), known);
});

test('nothing below it is believed, however much it looks like the provider', () => {
  assert.deepEqual(envelopeOf([returnPath, outside, ...forged, ...rest]), known);
});

for (const [where, inner] of [
  [
    'by a private address',
    'Received: from mx.provider.test (unknown [10.0.0.5]) by store.provider.test with LMTP id S1; x',
  ],
  [
    'by an address that the configuration names',
    'Received: from mx.provider.test ([198.51.100.7]) by store.provider.test with LMTP id S1; x',
  ],
  [
    'by a checked name',
    'Received: from a (mx.provider.test [203.0.113.5]) by store.provider.test with ESMTP id S1; x',
  ],
  ['by a host with a local name', 'Received: from mx ([10.0.0.5]) by store7 with LMTP id S1; x'],
  ['within one host', 'Received: by store.provider.test (Postfix, from userid 5000) id S1; x'],
  ['by qmail', 'Received: (qmail 1234 invoked from network); x'],
  [
    'by a filter on the same host',
    'Received: from mx ([127.0.0.1]) by localhost (mx [127.0.0.1]) (amavisd-new, port 10024) id S; x',
  ],
] as const) {
  test(`a message handed on inside the provider comes from outside all the same: ${where}`, () => {
    const given = [returnPath, inner, inner, outside, ...forged, ...rest];
    assert.deepEqual(envelopeOf(given), known);
  });
}

test('a host inside that the configuration does not name is known by who it handed the message to', () => {
  const inner =
    'Received: from filter7.hoster.test ([10.0.0.9]) by mx.provider.test with LMTP id S1; x';
  const filter = outside.replace('mx.provider.test', 'filter7.hoster.test');
  assert.deepEqual(envelopeOf([returnPath, inner, filter, ...forged, ...rest]), known);
});

test('where everybody seems to have a private address, no sender is taken for a host of the provider', () => {
  const translated =
    'Received: from mail.example.org (unknown [172.17.0.1]) by mx.provider.test with ESMTPS id Q1; x';
  assert.deepEqual(envelopeOf([returnPath, translated, ...forged, ...rest]), {
    sender: 'bounce@example.org',
    recipients: [],
    queueId: 'Q1',
    origin: 'unknown',
    strangeWriter: 'mail.example.org',
  });
  const trusted = { ...trust, writers: ['provider.test', 'example.org'] };
  const named = translated.replace('mail.example.org', 'filter.example.org');
  const { clientAddress } = envelopeOf([named, outside, ...forged], trusted);
  assert.equal(clientAddress, '192.0.2.1');
});

test('a greeting does not make a client one of the provider', () => {
  const liar =
    'Received: from store.provider.test ([192.0.2.1]) by mx.provider.test with ESMTP id Q1; x';
  const { clientAddress, helo } = envelopeOf([liar, ...forged, ...rest]);
  assert.deepEqual([clientAddress, helo], ['192.0.2.1', 'store.provider.test']);
});

test('nor does a name that may be forged', () => {
  const liar =
    'Received: from x (mx.provider.test [192.0.2.1] (may be forged)) by mx.provider.test with ESMTP id Q1; x';
  assert.equal(envelopeOf([liar, ...forged, ...rest]).clientAddress, '192.0.2.1');
});

test('nor does a name that spells an address: customers of the provider have lines under its domain', () => {
  for (const name of ['dsl-192-0-2-1.provider.test', 'pc0000201.dip.provider.test']) {
    const line = `Received: from x (${name} [192.0.2.1]) by mx.provider.test with ESMTP id Q1; x`;
    const { clientAddress, authentication } = envelopeOf([line, ...forged, ...rest]);
    assert.deepEqual([clientAddress, authentication], ['192.0.2.1', undefined], name);
  }
});

test('a name that nobody has checked is not told', () => {
  for (const [name, by] of [
    ['bank.test [192.0.2.1] (may be forged)', 'mx.provider.test'],
    ['bank.test [192.0.2.1]', 'mx.provider.test (Haraka/3.0.3)'],
    ['bank.test [192.0.2.1]', 'mx.provider.test (OpenSMTPD)'],
  ]) {
    const { clientAddress, clientName } = envelopeOf([
      `Received: from x (${name}) by ${by} with ESMTP id Q1; x`,
      ...rest,
    ]);
    assert.deepEqual([clientAddress, clientName], ['192.0.2.1', undefined], name);
  }
});

test('a client whose name sounds like a login has not logged in', () => {
  for (const name of ['authenticated.example.org', 'accounts.example.org', 'authenticated']) {
    const field = `Received: from x (${name} [192.0.2.1]) by mx.provider.test with ESMTP id Q1; x`;
    const { clientAddress, origin } = envelopeOf([field, ...rest]);
    assert.deepEqual([clientAddress, origin], ['192.0.2.1', 'outside'], name);
  }
});

test('a field that can be read in two ways ends what is believed', () => {
  const strange =
    'Received: from x by mx.provider.test (a [203.0.113.9]) by mx.provider.test with ESMTP id Q1; x';
  assert.deepEqual(envelopeOf([returnPath, strange, ...forged, ...rest]), {
    recipients: [],
    origin: 'unknown',
  });
});

test('a writer that nobody knows is named, and nothing is believed', () => {
  const hosted = outside.replace('mx.provider.test', 'mx7.hoster.test');
  assert.deepEqual(envelopeOf([returnPath, hosted, ...forged, ...rest]), {
    recipients: [],
    origin: 'unknown',
    strangeWriter: 'mx7.hoster.test',
  });
});

test('without any Received field nothing is believed', () => {
  assert.deepEqual(envelopeOf([returnPath, 'Delivered-To: a@b.test', ...rest]), {
    recipients: [],
    origin: 'unknown',
  });
});

test('mail of a user of the provider has no client', () => {
  const submitted =
    'Received: from [10.1.1.1] (dsl.isp.test [192.0.2.1]) by out.provider.test with ESMTPSA id Q1; x';
  assert.deepEqual(envelopeOf([returnPath, submitted, ...forged, ...rest]), {
    sender: 'bounce@example.org',
    recipients: [],
    queueId: 'Q1',
    origin: 'submission',
  });
});

test('where own hosts have public addresses, mail of a user comes from the one that sent it', () => {
  const inner =
    'Received: from out (out.provider.test [203.0.113.4]) by mx.provider.test with ESMTPS id Q1; x';
  const submitted =
    'Received: from [10.1.1.1] (dsl.isp.test [192.0.2.1]) by out.provider.test with ESMTPSA id Q0; x';
  const { clientAddress, origin } = envelopeOf([inner, submitted, ...rest]);
  assert.deepEqual([clientAddress, origin], ['203.0.113.4', 'outside']);
});

test('a maildrop that was collected is followed to its provider', () => {
  const collected =
    'Received: from pop.gmx.net [212.227.17.185] by home with POP3 (fetchmail-6.4.37) for <joe@localhost> (single-drop); x';
  const gmx =
    'Received: from mail.example.org ([192.0.2.1]) by mx-ha.gmx.net (mxgmx115 [212.227.17.5]) with ESMTPS (Nemesis) id 1M for <user@gmx.de>; x';
  const { clientAddress, recipients } = envelopeOf([collected, returnPath, gmx, ...forged]);
  assert.deepEqual([clientAddress, recipients], ['192.0.2.1', ['joe@localhost', 'user@gmx.de']]);
});

test('a host of the own network that was collected from needs no registered name', () => {
  const collected =
    'Received: from mailhost [127.0.0.1] by localhost with IMAP (fetchmail-6.4.37) for <joe@localhost> (single-drop); x';
  assert.equal(envelopeOf([collected, outside, ...forged]).clientAddress, '192.0.2.1');
});

test('a message that begins with a blank adds nothing to the field of the provider, and hides nothing', () => {
  for (const line of [
    ' by x (y [203.0.113.9])',
    '\t(',
    ' "',
    ` ${'x'.repeat(9000)}`,
    ' for <boss@provider.test>',
  ]) {
    assert.deepEqual(envelopeOf([returnPath, outside, line, ...forged]), known);
  }
});

for (const [what, lines, expected] of [
  [
    'X-Original-To and Delivered-To',
    ['X-Original-To: a@x.test', 'Delivered-To: b@x.test'],
    { recipients: ['a@x.test', 'b@x.test', 'user@provider.test'] },
  ],
  [
    'Envelope-to of Exim',
    ['Envelope-to: A@x.test', 'Delivered-To: a@x.test'],
    { recipients: ['a@x.test', 'user@provider.test'] },
  ],
  ['a bounce', ['Return-Path: <>'], { sender: '' }],
  ['X-Envelope-From', ['X-Envelope-From: <bounce@example.org>'], { sender: 'bounce@example.org' }],
  [
    'Received-SPF',
    ['Received-SPF: pass (x) client-ip=192.0.2.9; envelope-from="a@x.test"; helo=h;'],
    { sender: 'a@x.test', clientAddress: '192.0.2.1' },
  ],
  [
    'results of the provider',
    ['Authentication-Results: mx.provider.test; spf=pass smtp.mailfrom=a@x.test'],
    { sender: 'a@x.test' },
  ],
  [
    'results without a name, as Exchange writes them',
    ['Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a@x.test; dkim=none'],
    { sender: 'a@x.test' },
  ],
  [
    'results of somebody else',
    ['Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=a@x.test'],
    { sender: undefined },
  ],
  [
    'a domain alone in place of a sender',
    ['Authentication-Results: mx.provider.test; spf=pass smtp.mailfrom=x.test'],
    { sender: undefined },
  ],
  [
    'a sender that ends the comment in which the provider repeats it',
    [
      'Received-SPF: pass (of "a) envelope-from=b@bank.test client-ip=203.0.113.9 ("@x.test) envelope-from="a"@x.test',
      'Authentication-Results: mx.provider.test; spf=pass (of "a) smtp.mailfrom=b@bank.test; dmarc=pass ("@x.test)',
    ],
    { sender: undefined, clientAddress: '192.0.2.1', authentication: undefined },
  ],
  ['a sender with a line of SMTP in it', ['Return-Path: <a@x.test> SIZE=1'], { sender: undefined }],
] as const) {
  test(`fields above that of the provider are read: ${what}`, () => {
    const envelope = envelopeOf([...lines, outside, ...rest]);
    for (const [key, value] of Object.entries(expected)) {
      assert.deepEqual(envelope[key as keyof Envelope], value);
    }
  });
}

test('a greeting that is no printable word is left out, whoever tells of it', () => {
  const silent = 'Received: by mx.provider.test with ESMTP id Q1; x';
  for (const helo of ['h\xe4', '"h h"', 'h\0', 'h'.repeat(300)]) {
    const spf = `Received-SPF: pass client-ip=192.0.2.9; helo=${helo}`;
    assert.equal(envelopeOf([spf, silent, ...rest]).helo, undefined, helo);
  }
});

test('where the field of the provider hides the client, its other fields may name it', () => {
  const silent = 'Received: by mx.provider.test with ESMTP id Q1; x';
  const spf = 'Received-SPF: pass client-ip=192.0.2.9; envelope-from=a@x.test; helo=h.x.test';
  assert.deepEqual(
    envelopeOf([spf, silent, ...forged.slice(4), ...rest]).clientAddress,
    '192.0.2.9',
  );
});

const line = fc.constantFrom(...forged, outside, returnPath, ...rest);

test('of whatever stands below the field of the provider, nothing changes the envelope', () => {
  fc.assert(
    fc.property(fc.array(line), (below) => {
      assert.deepEqual(envelopeOf([returnPath, outside, ...below]), known);
    }),
  );
});

test('rebuilding fails for no header', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.array(line), (octets, lines) => {
      const header = Buffer.concat([Buffer.from(octets), Buffer.from(lines.join('\r\n'))]);
      assert.ok(rebuildEnvelope(new HeaderBlock(header), trust).recipients.length <= 10);
    }),
  );
});

test('of a header with ever more fields only the first are read', () => {
  let read = 0;
  const endless = {
    *entries() {
      for (;;) {
        read += 1;
        yield { name: 'Received', value: 'by store.provider.test with LMTP' };
      }
    },
  };
  assert.equal(rebuildEnvelope(endless, trust).origin, 'unknown');
  assert.ok(read < 1000);
});
