import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderBlock } from '../../src/message/header-block.ts';
import { EnvelopeSource, envelopeOption } from '../../src/plugin-api/envelope-source.ts';

function headerOf(...lines: string[]): HeaderBlock {
  return new HeaderBlock(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
}

const client = 'from mail.example.org (out1.example.org [192.0.2.1])';
const forged =
  'Received: from bank.test (bank.test [203.0.113.9]) by mx.example.net (Postfix) with ESMTP id 2; x';

for (const [host, ...lines] of [
  ['pop.example.net', `Received: ${client} by mx.example.net (Postfix) with ESMTPS id 1; x`],
  [
    'pop.gmail.com',
    'Delivered-To: user@gmail.com',
    'Received: by 2002:a05:6402:34cb:b0:5ce:b6f6:d3c3 with SMTP id w11csp123; x',
    `Received: ${client} by mx.google.com with ESMTPS id a6 for <user@gmail.com>; x`,
  ],
  [
    'outlook.office365.com',
    'Received: from AM0PR04MB0001.eurprd04.prod.outlook.com (2603:10a6:208::1) by DB7PR04MB0002.eurprd04.prod.outlook.com with HTTPS; x',
    'Received: from DU2PR04CA0003.eurprd04.prod.outlook.com (2603:10a6:10:3b::6) by AM0PR04MB0001.eurprd04.prod.outlook.com (2603:10a6:208::1) with Microsoft SMTP Server (version=TLS1_2) id 15.20.1; x',
    'Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dkim=none',
    'Received: from mail.example.org (192.0.2.1) by DU6PEPF0000A7E1.mail.protection.outlook.com (10.167.8.40) with Microsoft SMTP Server (version=TLS1_3) id 15.20.2 via Frontend Transport; x',
  ],
  [
    'pop.mail.yahoo.com',
    'Received: from 10.196.241.1 by atlas-production.v2-mail-prod1-ir2.omega.yahoo.com pod-id NONE with HTTPS; x',
    'Received: from 192.0.2.1 (EHLO mail.example.org) by 10.253.239.11 with SMTPs (version=TLS1_3); x',
  ],
  [
    'pop.gmx.net',
    `Received: from mail.example.org ([192.0.2.1]) by mx-ha.gmx.net (mxgmx115 [212.227.17.5]) with ESMTPS (Nemesis) id 1M; x`,
  ],
  [
    'pop3.strato.de',
    `Received: ${client} by smtpin.rzone.de (RZmta 51.2.11 OK) with ESMTPS id a; x`,
  ],
  ['pop.ionos.de', `Received: ${client} by mx.kundenserver.de (mxeue109) with ESMTPS id 1; x`],
  [
    'posteo.de',
    'Received: from mx02.posteo.de ([10.0.0.2]) by director03.posteo.name (Dovecot) with LMTP id a; x',
    `Received: ${client} by mx02.posteo.de (Postfix) with ESMTPS id 1; x`,
  ],
] as const) {
  test(`the client is found in mail from ${host}`, () => {
    const source = new EnvelopeSource(envelopeOption().parse(undefined));
    const envelope = source.envelopeOf(host, headerOf(...lines, forged));
    assert.deepEqual(
      [envelope.clientAddress, envelope.helo, envelope.origin],
      ['192.0.2.1', 'mail.example.org', 'outside'],
    );
  });
}

const hosted = headerOf(`Received: ${client} by mx7.hoster.test (Postfix) with ESMTPS id 1; x`);

test('hosts of another name are believed once the configuration names them', () => {
  const named = new EnvelopeSource(envelopeOption().parse({ hosts: ['hoster.test'] }));
  assert.equal(named.envelopeOf('pop.example.net', hosted).clientAddress, '192.0.2.1');
  const auto = new EnvelopeSource(envelopeOption().parse('auto'));
  assert.equal(auto.envelopeOf('pop.example.net', hosted).strangeWriter, 'mx7.hoster.test');
});

test('a name that merely ends alike is not of the provider', () => {
  const auto = new EnvelopeSource(envelopeOption().parse('auto'));
  const alike = headerOf(`Received: ${client} by mx.notexample.net (Postfix) with ESMTPS id 1; x`);
  assert.equal(auto.envelopeOf('pop.example.net', alike).clientAddress, undefined);
});

test('under a public suffix the neighbours are strangers', () => {
  const auto = new EnvelopeSource(envelopeOption().parse('auto'));
  const neighbour = headerOf(`Received: ${client} by mx.other.co.uk with ESMTPS id 1; x`);
  assert.equal(auto.envelopeOf('pop.example.co.uk', neighbour).clientAddress, undefined);
});

test('off means that no field is believed', () => {
  const off = new EnvelopeSource(envelopeOption().parse('off'));
  const header = headerOf(`Received: ${client} by mx.example.net with ESMTPS id 1; x`);
  assert.equal(off.envelopeOf('pop.example.net', header).origin, 'unknown');
});

test('what is no setting is refused in a sentence', () => {
  for (const wrong of ['on', { hosts: ['MX.Example'] }, { servers: [] }, 7]) {
    assert.equal(envelopeOption().safeParse(wrong).success, false);
  }
});
