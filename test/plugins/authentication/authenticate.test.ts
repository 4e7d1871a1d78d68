import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticate } from '../../../plugins/authentication/authenticate.ts';
import { Lookups } from '../../../plugins/authentication/lookups.ts';
import type { Outcome } from '../../../plugins/authentication/outcome.ts';
import { describeOutcome } from '../../../plugins/authentication/results-field.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { wantedUntil } from '../../../src/pipeline/interest.ts';
import { wholeMessage } from '../../helpers/pipeline.ts';
import {
  cacheOf,
  dnsError,
  ed25519,
  letter,
  resolverOf,
  roomy,
  rsa,
  sealArc,
  sign,
  verify,
  weak,
  zoneOf,
} from './signed-mail.ts';

function statuses({ dkim }: Outcome): string {
  return dkim.map(({ status }) => status).join(' ');
}

for (const canonicalization of ['relaxed/relaxed', 'simple/simple']) {
  test(`a good signature passes (rsa, ${canonicalization})`, async () => {
    const outcome = await verify(await sign(letter, { canonicalization }));
    assert.deepEqual(outcome.dkim, [
      { status: 'pass', domain: 'example.org', selector: 'rsa', openOctets: 0 },
    ]);
    assert.equal(outcome.dns, 'answered');
    assert.equal(outcome.scope, 'whole');
  });
}

test('a good signature passes (ed25519)', async () => {
  const signed = await sign(letter, { key: ed25519, selector: 'ed' });
  assert.equal(statuses(await verify(signed)), 'pass');
});

test('a message without a signature has no result', async () => {
  const outcome = await verify(letter);
  assert.deepEqual(outcome.dkim, []);
  assert.equal(describeOutcome(outcome), 'dkim=none; arc=none; dmarc=none header.from=example.org');
});

const changes: readonly (readonly [string, (signed: string) => string, string])[] = [
  ['a changed body', (text) => text.replace('Dear Bob', 'Dear Eve'), 'fail'],
  ['an added line', (text) => `${text}more\r\n`, 'fail'],
  ['a changed subject', (text) => text.replace('Subject: Hello', 'Subject: Hallo'), 'fail'],
  ['another author', (text) => text.replace('ann@example.org', 'eve@example.org'), 'fail'],
  ['a header field that is not signed', (text) => `X-Note: new\r\n${text}`, 'pass'],
];

for (const [name, change, expected] of changes) {
  test(`${name}: ${expected}`, async () => {
    const signed = await sign(letter);
    const changed = change(signed);
    assert.notEqual(changed, signed);
    assert.equal(statuses(await verify(changed)), expected);
  });
}

test('an expired signature is none', async () => {
  const expires = new Date('2026-01-02T00:00:00Z');
  assert.equal(statuses(await verify(await sign(letter, { expires }))), 'neutral');
});

test('what a signature with l= leaves open is counted', async () => {
  const signed = await sign(letter, { bodyOctets: 20 });
  const zone = zoneOf({ '_dmarc.example.org': 'v=DMARC1; p=reject' });
  const outcome = await verify(`${signed}<p>added</p>\r\n`, zone);
  assert.equal(statuses(outcome), 'pass');
  assert.ok((outcome.dkim[0]?.openOctets ?? 0) > 20);
  assert.equal(outcome.dmarc.status, 'pass');
  assert.equal(outcome.dmarc.openOctets, outcome.dkim[0]?.openOctets);
});

const records: readonly (readonly [string, string | undefined, string])[] = [
  ['no key', undefined, 'neutral'],
  ['a key that was revoked', 'v=DKIM1; p=', 'neutral'],
  ['another key', ed25519.record, 'neutral'],
  ['no key at all', 'hello', 'neutral'],
  ['a key that is no base64', 'v=DKIM1; k=rsa; p=!!!', 'neutral'],
  ['a key for other services', rsa.record.replace('k=rsa', 'k=rsa; s=tlsrpt'), 'neutral'],
];

for (const [name, record, expected] of records) {
  test(`${name}: ${expected}`, async () => {
    const zone = record === undefined ? {} : { 'rsa._domainkey.example.org': record };
    const outcome = await verify(await sign(letter), zone);
    assert.equal(statuses(outcome), expected);
    assert.equal(outcome.dns, 'answered');
  });
}

test('a key that is too short is against the policy', async () => {
  const signed = await sign(letter, { key: weak, selector: 'weak' });
  assert.equal(statuses(await verify(signed)), 'policy');
});

test('each of several signatures has its own result', async () => {
  const once = await sign(letter, { key: ed25519, selector: 'ed' });
  const twice = await sign(once, { key: rsa, selector: 'missing' });
  const outcome = await verify(await sign(twice, { domain: 'list.example' }), {
    ...zoneOf(),
    'rsa._domainkey.list.example': rsa.record,
  });
  assert.deepEqual(
    outcome.dkim.map(({ status, domain, selector }) => `${status} ${selector} ${domain}`),
    ['pass rsa list.example', 'neutral missing example.org', 'pass ed example.org'],
  );
});

const policies: readonly (readonly [string, string, string, Record<string, string>, string])[] = [
  ['aligned', 'ann@example.org', 'example.org', { 'example.org': 'p=reject' }, 'pass'],
  ['a sub-domain signs', 'ann@example.org', 'a.example.org', { 'example.org': 'p=reject' }, 'pass'],
  ['the domain signs', 'ann@a.example.org', 'example.org', { 'example.org': 'p=reject' }, 'pass'],
  [
    'strict, and the domain signs',
    'ann@a.example.org',
    'example.org',
    { 'example.org': 'p=reject; adkim=s' },
    'fail reject',
  ],
  [
    'strict, and the same domain signs',
    'ann@example.org',
    'example.org',
    { 'example.org': 'p=reject; adkim=s' },
    'pass',
  ],
  ['another signs', 'ann@example.org', 'evil.test', { 'example.org': 'p=reject' }, 'fail reject'],
  [
    'quarantine',
    'ann@example.org',
    'evil.test',
    { 'example.org': 'p=quarantine' },
    'fail quarantine',
  ],
  ['none', 'ann@example.org', 'evil.test', { 'example.org': 'p=none' }, 'fail none'],
  [
    'a policy for sub-domains',
    'ann@a.example.org',
    'evil.test',
    { 'example.org': 'p=none; sp=reject' },
    'fail reject',
  ],
  ['no policy', 'ann@example.org', 'evil.test', {}, 'none'],
  ['a policy that is none', 'ann@example.org', 'evil.test', { 'example.org': 'p=maybe' }, 'none'],
];

for (const [name, from, domain, published, expected] of policies) {
  test(`DMARC, ${name}: ${expected}`, async () => {
    const signed = await sign(letter.replace('ann@example.org', from), { domain });
    const outcome = await verify(signed, {
      [`rsa._domainkey.${domain}`]: rsa.record,
      ...Object.fromEntries(
        Object.entries(published).map(([at, record]) => [`_dmarc.${at}`, `v=DMARC1; ${record}`]),
      ),
    });
    const { status, policy } = outcome.dmarc;
    assert.equal(status === 'fail' ? `${status} ${policy}` : status, expected);
  });
}

test('an unsigned message fails the policy of its author', async () => {
  const outcome = await verify(letter, { '_dmarc.example.org': 'v=DMARC1; p=reject' });
  assert.deepEqual(outcome.dmarc, {
    status: 'fail',
    domain: 'example.org',
    policy: 'reject',
    openOctets: 0,
  });
});

for (const [name, from] of [
  ['two fields', 'From: ann@example.org\r\nFrom: eve@evil.test\r\n'],
  ['authors of two domains', 'From: ann@example.org, eve@evil.test\r\n'],
  ['no author', 'From: nobody\r\n'],
  ['no field', ''],
] as const) {
  test(`DMARC is impossible with ${name}`, async () => {
    const text = letter.replace('From: Ann <ann@example.org>\r\n', from);
    const outcome = await verify(text, { '_dmarc.example.org': 'v=DMARC1; p=reject' });
    assert.equal(outcome.dmarc.status, 'permerror');
  });
}

test('a chain of ARC sets passes, and a broken one fails', async () => {
  const forwarded = await sealArc(await sealArc(await sign(letter), 1), 2);
  assert.equal((await verify(forwarded)).arc, 'pass');
  assert.equal((await verify(forwarded.replace('Dear Bob', 'Dear Eve'))).arc, 'fail');
  const forged = forwarded.replace('forwarder.example', 'forwarder.exomple');
  assert.notEqual(forged, forwarded);
  assert.equal((await verify(forged)).arc, 'fail');
  assert.equal((await verify(forwarded, {})).arc, 'fail');
});

test('a message with lone line feeds is verified as its author signed it', async () => {
  const signed = await sign(letter);
  const lone = signed.replaceAll('\r\n', '\n');
  assert.equal(statuses(await verify(lone)), 'pass');
});

test('a DNS that fails gives temporary errors, and that is known', async () => {
  for (const code of ['ESERVFAIL', 'ETIMEOUT', 'ECONNREFUSED', 'EREFUSED']) {
    const failing = async () => {
      throw dnsError(code);
    };
    const zone = { 'rsa._domainkey.example.org': failing, '_dmarc.example.org': failing };
    const outcome = await verify(await sign(letter), zone);
    assert.equal(statuses(outcome), 'temperror', code);
    assert.equal(outcome.dmarc.status, 'temperror');
    assert.equal(outcome.dns, 'failed');
  }
});

test('a DNS that never answers costs no more than the time for all questions', async () => {
  const silent = () => new Promise<string[][]>(() => {});
  const zone = { 'rsa._domainkey.example.org': silent, '_dmarc.example.org': silent };
  const limits = { maxLookups: 100, totalMs: 1 };
  const outcome = await verify(await sign(letter), zone, { limits });
  assert.equal(statuses(outcome), 'temperror');
  assert.equal(outcome.dns, 'failed');
});

test('records of garbage are no records', async () => {
  for (const garbage of ['\0\u0001', ';'.repeat(5000), 'v=DKIM1;p='.repeat(3000), '\u{1f600}']) {
    const zone = { 'rsa._domainkey.example.org': garbage, '_dmarc.example.org': garbage };
    const outcome = await verify(await sign(letter), zone);
    assert.notEqual(statuses(outcome), 'pass');
    assert.equal(outcome.dmarc.status, 'none');
  }
});

test('of too many signatures none is verified, and no key is asked for', async () => {
  const [signature = ''] = (await sign(letter)).split(/\r\n(?=\S)/);
  const many = Array.from({ length: 1000 }, (_, index) =>
    signature.replace('s=rsa', `s=rsa${index}`),
  );
  const asked: string[] = [];
  const zone = zoneOf({ '_dmarc.example.org': 'v=DMARC1; p=reject' });
  const outcome = await verify(`${many.join('\r\n')}\r\n${letter}`, zone, { asked });
  assert.equal(outcome.scope, 'limited');
  assert.deepEqual(outcome.dkim, []);
  assert.deepEqual(outcome.dmarc, {
    status: 'fail',
    domain: 'example.org',
    policy: 'reject',
    openOctets: 0,
  });
  assert.deepEqual(asked, ['TXT _dmarc.example.org', 'TXT _dmarc.org']);
});

for (const [name, field] of [
  ['a header of 900 KB', `X-Long: ${'x'.repeat(900_000)}\r\n`],
  ['20,000 fields', 'X: y\r\n'.repeat(20_000)],
  ['a signature with 10,000 names', `DKIM-Signature: v=1; h=${'from:'.repeat(10_000)}\r\n`],
  ['a Return-Path of brackets', `Return-Path: ${'<'.repeat(100_000)}\r\n`],
  ['a Content-Type of parameters', `Content-Type: a/b${';a*0*=b'.repeat(20_000)}\r\n`],
  ['an ARC set of 100 KB', `ARC-Seal: i=1; a=${'x'.repeat(100_000)}\r\n`],
  ['80,000 folds', `X: ${'\r\n\t'.repeat(80_000)}y\r\n`],
  ['20,000 lines that are no fields', `X: y\r\n${'?\r\n'.repeat(20_000)}`],
  ['a From that goes on in lines that are no fields', `Return-Path:\r\n${'? <\r\n'.repeat(3000)}`],
] as const) {
  test(`beyond all measure: ${name}`, async () => {
    const outcome = await verify(`${field}${await sign(letter)}`);
    assert.equal(outcome.scope, 'limited');
    assert.equal(outcome.dmarc.status, 'none');
  });
}

for (const [name, above] of [
  ['another author behind a lone CR', 'X: y\rFrom: eve@evil.test\r\n'],
  ['a header of its own that ends with CR CR LF', 'From: eve@evil.test\r\n\r\r\nDear Bob,\r\n'],
  ['the same, and its author behind a lone CR', 'X: y\rFrom: eve@evil.test\r\n\r\r\n'],
  ['another author behind a NUL', '\0From: eve@evil.test\r\n'],
] as const) {
  test(`a good signature does not speak for a message that was given ${name}`, async () => {
    const zone = zoneOf({ '_dmarc.example.org': 'v=DMARC1; p=reject' });
    const { scope, dkim, dmarc } = await verify(`${above}${await sign(letter)}`, zone);
    assert.deepEqual({ scope, dkim }, { scope: 'limited', dkim: [] });
    assert.notEqual(dmarc.status, 'pass');
  });
}

test('an author of 100 KB is no author', async () => {
  const text = letter.replace('From: Ann', `From: ${'a,'.repeat(50_000)}Ann`);
  const outcome = await verify(text);
  assert.equal(outcome.scope, 'limited');
  assert.equal(outcome.dmarc.status, 'permerror');
});

test('questions to the DNS are counted', async () => {
  const asked: string[] = [];
  const limits = { ...roomy, maxLookups: 1 };
  const outcome = await verify(await sign(letter), zoneOf(), { limits, asked });
  assert.equal(asked.length, 1);
  assert.equal(outcome.dns, 'failed');
});

test('nothing is awaited once nobody wants the result', async () => {
  const controller = new AbortController();
  const never = () => new Promise<string[][]>(() => {});
  const cache = cacheOf(resolverOf({ 'rsa._domainkey.example.org': never }));
  const lookups = new Lookups(cache, roomy, systemClock, controller.signal);
  const view = wholeMessage(await sign(letter)).viewWhile(wantedUntil(controller.signal));
  const running = authenticate(view, lookups, { minKeyBits: 1024 });
  controller.abort();
  await running.then(
    ({ dns }) => assert.equal(dns, 'failed'),
    (error: unknown) => assert.ok(error instanceof Error),
  );
});
