import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseReceived, type Received } from '../../src/message/received.ts';

/** Who handed it over, as a short text: greeting, name and its proof, address. */
function clientOf({ client }: Received): string {
  if (client === undefined) return 'nobody';
  const { helo = '-', name = '-', nameProof = '', address = '-' } = client;
  return `${helo} ${name}${nameProof === 'claimed' ? '?' : ''} ${address}`;
}

for (const [system, value, client, rest] of [
  [
    'Postfix',
    'from mail.example.org (out1.example.org [192.0.2.1])\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\t key-exchange X25519)\t(No client certificate requested)\tby mx.provider.test (Postfix) with ESMTPS id 4XyZ1k3Q2sz9rxL\tfor <user@provider.test>; Tue,  3 Nov 2026 10:00:00 +0100 (CET)',
    'mail.example.org out1.example.org 192.0.2.1',
    {
      by: 'mx.provider.test',
      protocol: 'esmtps',
      id: '4XyZ1k3Q2sz9rxL',
      recipient: 'user@provider.test',
    },
  ],
  [
    'Postfix, for a client whose name does not lead back',
    'from [10.1.2.3] (unknown [192.0.2.1]) by mx.provider.test (Postfix) with SMTP id A1',
    '[10.1.2.3] - 192.0.2.1',
    { by: 'mx.provider.test', protocol: 'smtp', id: 'A1' },
  ],
  [
    'Exim, for a checked name',
    'from out1.example.org ([192.0.2.1] helo=mail.example.org)\tby mx.provider.test with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384\t(Exim 4.96)\t(envelope-from <bounce@example.org>)\tid 1tABCD-00012Q-2x\tfor user@provider.test;\tTue, 03 Nov 2026 10:00:00 +0100',
    'mail.example.org out1.example.org 192.0.2.1',
    {
      by: 'mx.provider.test',
      protocol: 'esmtps',
      id: '1tABCD-00012Q-2x',
      recipient: 'user@provider.test',
      sender: 'bounce@example.org',
    },
  ],
  [
    'Exim, without a checked name',
    'from [192.0.2.1] (port=41234 helo=[10.0.0.5]) by mx.provider.test with esmtp (Exim 4.96) id 1tA',
    '[10.0.0.5] - 192.0.2.1',
    { by: 'mx.provider.test', protocol: 'esmtp', id: '1tA' },
  ],
  [
    'sendmail, for a name that may be forged',
    'from mail.example.org (IDENT:joe@out1.example.org [192.0.2.1] (may be forged)) by mx.provider.test (8.18.1/8.18.1) with ESMTP id 4A3A; Tue, 3 Nov 2026 10:00:00 GMT',
    'mail.example.org out1.example.org? 192.0.2.1',
    { by: 'mx.provider.test', protocol: 'esmtp', id: '4A3A' },
  ],
  [
    'sendmail, over IPv6',
    'from mail.example.org (mail.example.org [IPv6:2001:db8:0:0::1]) by mx.provider.test with ESMTPS id 4A3A',
    'mail.example.org mail.example.org 2001:db8::1',
    { by: 'mx.provider.test', protocol: 'esmtps', id: '4A3A' },
  ],
  [
    'qmail',
    'from unknown (HELO mail.example.org) (192.0.2.1)  by mx.provider.test with SMTP; 3 Nov 2026 10:00:00 -0000',
    'mail.example.org - 192.0.2.1',
    { by: 'mx.provider.test', protocol: 'smtp' },
  ],
  [
    'qmail, with what an identity server said',
    'from out1.example.org (HELO mail.example.org) (joe@192.0.2.1) by 0 with SMTP; 3 Nov 2026 10:00:00 -0000',
    'mail.example.org out1.example.org? 192.0.2.1',
    { by: '0', protocol: 'smtp' },
  ],
  ['a note of qmail', '(qmail 1234 invoked by uid 89); 3 Nov 2026 10:00:00 -0000', 'nobody', {}],
  [
    'Exchange Online',
    'from mail.example.org (192.0.2.1) by DU6PEPF0000A7E1.mail.protection.outlook.com (10.167.8.40) with Microsoft SMTP Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.8114.16 via Frontend Transport; Tue, 3 Nov 2026 09:00:00 +0000',
    'mail.example.org - 192.0.2.1',
    {
      by: 'du6pepf0000a7e1.mail.protection.outlook.com',
      protocol: 'microsoft',
      id: '15.20.8114.16',
    },
  ],
  [
    'Gmail',
    'from mail.example.org (mail.example.org. [192.0.2.1])        by mx.google.com with ESMTPS id a640c23a62f3a-a9e56.120.2026.11.03        for <user@gmail.com>        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);        Tue, 03 Nov 2026 01:00:00 -0800 (PST)',
    'mail.example.org mail.example.org 192.0.2.1',
    {
      by: 'mx.google.com',
      protocol: 'esmtps',
      id: 'a640c23a62f3a-a9e56.120.2026.11.03',
      recipient: 'user@gmail.com',
    },
  ],
  [
    'Gmail, inside',
    'by 2002:a05:6402:34cb:b0:5ce:b6f6:d3c3 with SMTP id w11csp123; Tue, 3 Nov 2026 01:00:00 -0800 (PST)',
    'nobody',
    { by: '2002:a05:6402:34cb:b0:5ce:b6f6:d3c3', protocol: 'smtp', id: 'w11csp123' },
  ],
  [
    'sendmail, within its host',
    '(from joe@localhost) by mx.provider.test (8.18.1/8.18.1/Submit) id 4A3A; Tue, 3 Nov 2026 10:00:00 GMT',
    'nobody',
    { by: 'mx.provider.test', id: '4A3A' },
  ],
  [
    'Dovecot LMTP',
    'from mx.provider.test ([10.0.0.5])\tby store7 with LMTP\tid aBcD\t(envelope-from <bounce@example.org>)\tfor <user@provider.test>; Tue, 03 Nov 2026 10:00:00 +0100',
    'mx.provider.test - 10.0.0.5',
    {
      by: 'store7',
      protocol: 'lmtp',
      id: 'aBcD',
      recipient: 'user@provider.test',
      sender: 'bounce@example.org',
    },
  ],
  [
    'Zimbra',
    'from mta.provider.test (LHLO mta.provider.test) (10.0.0.5) by mbox.provider.test with LMTP; Tue, 3 Nov 2026 10:00:00 +0100 (CET)',
    'mta.provider.test mta.provider.test? 10.0.0.5',
    { by: 'mbox.provider.test', protocol: 'lmtp' },
  ],
  [
    'Courier',
    'from mail.example.org (out1.example.org [::ffff:192.0.2.1])  (TLS: TLSv1.3,256bits,TLS_AES_256_GCM_SHA384)  by mx.provider.test with ESMTPS  id 00000000000A.65.00; Tue, 03 Nov 2026 10:00:00 +0100',
    'mail.example.org out1.example.org 192.0.2.1',
    { by: 'mx.provider.test', protocol: 'esmtps', id: '00000000000A.65.00' },
  ],
  [
    'amavis',
    'from mx.provider.test ([127.0.0.1]) by localhost (mx.provider.test [127.0.0.1]) (amavisd-new, port 10024) with ESMTP id xyz; Tue, 3 Nov 2026 10:00:00 +0100 (CET)',
    'mx.provider.test - 127.0.0.1',
    { by: 'localhost', protocol: 'esmtp', id: 'xyz' },
  ],
  [
    'GMX',
    'from mail.example.org ([192.0.2.1]) by mx-ha.gmx.net (mxgmx115 [212.227.17.5]) with ESMTPS (Nemesis) id 1MtNDP-1tnc5Z3 for <user@gmx.de>; Tue, 03 Nov 2026 10:00:00 +0100',
    'mail.example.org - 192.0.2.1',
    { by: 'mx-ha.gmx.net', protocol: 'esmtps', id: '1MtNDP-1tnc5Z3', recipient: 'user@gmx.de' },
  ],
  [
    'T-Online',
    'from mail.example.org ([192.0.2.1]) by mailin42.mgt.mul.t-online.de\twith (TLSv1.3:TLS_AES_256_GCM_SHA384 encrypted)\tesmtp id 1tAbCd-1a2B3c0; Tue, 3 Nov 2026 10:00:00 +0100',
    'mail.example.org - 192.0.2.1',
    { by: 'mailin42.mgt.mul.t-online.de', protocol: 'esmtp', id: '1tAbCd-1a2B3c0' },
  ],
  [
    'Yahoo',
    'from 192.0.2.1 (EHLO mail.example.org) by 10.253.239.11 with SMTPs (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256); Tue, 03 Nov 2026 09:00:00 +0000',
    'mail.example.org - 192.0.2.1',
    { by: '10.253.239.11', protocol: 'smtps' },
  ],
  [
    'mail.ru',
    'from mail.example.org ([192.0.2.1]:41234) by mx123.mail.ru with esmtp (envelope-from <bounce@example.org>) id 1tA; Tue, 03 Nov 2026 12:00:00 +0300',
    'mail.example.org - 192.0.2.1',
    { by: 'mx123.mail.ru', protocol: 'esmtp', id: '1tA', sender: 'bounce@example.org' },
  ],
  [
    'CommuniGate Pro',
    'from [192.0.2.1] (HELO mail.example.org) by provider.test (CommuniGate Pro SMTP 6.3.3) with ESMTPS id 123456 for user@provider.test; Tue, 03 Nov 2026 10:00:00 +0100',
    'mail.example.org - 192.0.2.1',
    { by: 'provider.test', protocol: 'esmtps', id: '123456', recipient: 'user@provider.test' },
  ],
  [
    'OpenSMTPD',
    'from mail.example.org (mail.example.org [192.0.2.1])\tby mx.provider.test (OpenSMTPD) with ESMTPS id 0a1b2c3d (TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO)\tfor <user@provider.test>;\tTue, 3 Nov 2026 10:00:00 +0100 (CET)',
    'mail.example.org mail.example.org? 192.0.2.1',
    {
      by: 'mx.provider.test',
      protocol: 'esmtps',
      id: '0a1b2c3d',
      recipient: 'user@provider.test',
    },
  ],
  [
    'Haraka',
    'from mail.example.org (mail.example.org [192.0.2.1])\tby mx.provider.test (Haraka/3.0.3) with ESMTPS id 8A7B-1.1\tenvelope-from <bounce@example.org>\ttls TLS_AES_256_GCM_SHA384;\tTue, 03 Nov 2026 10:00:00 +0100',
    'mail.example.org mail.example.org? 192.0.2.1',
    { by: 'mx.provider.test', protocol: 'esmtps', id: '8A7B-1.1', sender: 'bounce@example.org' },
  ],
  [
    'fetchmail',
    'from pop.gmx.net [212.227.17.185]\tby home with POP3 (fetchmail-6.4.37)\tfor <user@localhost> (single-drop); Tue, 03 Nov 2026 10:00:00 +0100 (CET)',
    'pop.gmx.net - -',
    { by: 'home', protocol: 'pop3', recipient: 'user@localhost' },
  ],
] as const) {
  test(`a field of ${system} is read`, () => {
    const received = parseReceived(value);
    assert.ok(received !== undefined);
    assert.equal(clientOf(received), client);
    const { client: _client, isAuthenticated, ...facts } = received;
    assert.deepEqual(facts, rest);
    assert.equal(isAuthenticated, false);
  });
}

for (const [what, value] of [
  ['ESMTPSA', 'from [10.0.0.2] (dsl.isp.test [192.0.2.1]) by out.provider.test with ESMTPSA id 1'],
  ['Exim', 'from dsl.isp.test ([192.0.2.1] helo=pc) by out.provider.test with esmtpsa id 1'],
  [
    'a note of Postfix',
    'from pc (dsl.isp.test [192.0.2.1]) (Authenticated sender: joe) by out.provider.test with ESMTP id 1',
  ],
  [
    'CommuniGate Pro',
    'from [192.0.2.1] (account joe@provider.test HELO pc) by provider.test with ESMTP id 1',
  ],
  ['a web mailer', 'from dsl.isp.test (dsl.isp.test [192.0.2.1]) by web.provider.test with HTTP'],
] as const) {
  test(`a user who has logged in is noticed: ${what}`, () => {
    assert.equal(parseReceived(value)?.isAuthenticated, true);
  });
}

for (const [what, value] of [
  ['nothing', ''],
  ['a date alone', '; Tue, 3 Nov 2026 10:00:00 +0100'],
  ['nobody who wrote it', 'from mail.example.org (mail.example.org [192.0.2.1]) with ESMTP id 1'],
  ['two writers', 'from x by trusted.test (real [192.0.2.1]) by mx.provider.test with ESMTP'],
  ['two senders', 'from x from y (real [192.0.2.1]) by mx.provider.test with ESMTP'],
  ['a sender behind the writer', 'by mx.provider.test from mail.example.org (x [192.0.2.1])'],
  ['two addresses', 'from x (a [192.0.2.7]) (b [192.0.2.1]) by mx.provider.test with ESMTP'],
  ['a comment without end', 'from x (real [192.0.2.1] by mx.provider.test with ESMTP'],
  ['a quotation mark', 'from "x (real [192.0.2.1]) by mx.provider.test with ESMTP'],
  ['another language', 'von mail.example.org (x [192.0.2.1]) an mx.provider.test'],
  ['more than anybody writes', `from x by mx.provider.test (${'x'.repeat(5000)})`],
] as const) {
  test(`a field that says ${what} is not read`, () => {
    assert.equal(parseReceived(value), undefined);
  });
}

test('an address that is only a greeting is not taken for the address', () => {
  const received = parseReceived('from [198.51.100.9] by mx.provider.test with ESMTP id 1');
  assert.ok(received !== undefined);
  assert.equal(clientOf(received), '[198.51.100.9] - -');
});

test('an empty greeting hides nothing', () => {
  const received = parseReceived(
    'from (out1.example.org [192.0.2.1]) by mx.provider.test with SMTP',
  );
  assert.ok(received !== undefined);
  assert.equal(clientOf(received), '- out1.example.org 192.0.2.1');
});

const piece = fc.constantFrom(
  ...['from', 'by', 'with', 'id', 'for', ' ', '\t', '(', ')', '[', ']', '"', '\\', ';', '<', '>'],
  ...['192.0.2.1', '[192.0.2.1]', 'mx.provider.test', 'HELO', 'helo=x', 'a@b', 'unknown', '\xff'],
);

test('whatever stands in a field, reading it fails for none', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 40 }).map((all) => all.join(' ')),
  );
  fc.assert(
    fc.property(anything, (value) => {
      const received = parseReceived(value);
      for (const text of [
        received?.by,
        received?.client?.helo,
        received?.id,
        received?.recipient,
      ]) {
        assert.ok(text === undefined || /^[!-~\x80-\xff]+$/.test(text));
      }
    }),
  );
});
