import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { claims } from '../../../plugins/authentication/authserv-id.ts';
import { DnsCache } from '../../../plugins/authentication/dns-cache.ts';
import { judge } from '../../../plugins/authentication/judgement.ts';
import { optionsSchema } from '../../../plugins/authentication/options.ts';
import type { Outcome } from '../../../plugins/authentication/outcome.ts';
import { formatResults } from '../../../plugins/authentication/results-field.ts';
import { HeaderBlock, HeaderEdits } from '../../../src/message/header-block.ts';
import { sampleFacts } from '../../../src/pipeline/testing.ts';
import { z } from '../../../src/plugin-api/index.ts';
import { KeptForMessage } from '../../../src/plugin-api/kept-for-message.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { dnsError } from './signed-mail.ts';

const good: Outcome = {
  dkim: [{ status: 'pass', domain: 'example.org', selector: 's1', openOctets: 0 }],
  arc: 'none',
  dmarc: { status: 'pass', domain: 'example.org', policy: 'reject', openOctets: 0 },
  scope: 'whole',
  dns: 'answered',
};
const failed: Outcome = { ...good, dmarc: { ...good.dmarc, status: 'fail' } };
const without: Outcome = { ...good, dmarc: { ...good.dmarc, status: 'none', policy: undefined } };

const flagOnly = { block: new Set([]), onDnsFailure: 'flag' } as const;
const strict = {
  block: new Set(['dmarc-reject', 'dmarc-quarantine', 'dmarc-permerror'] as const),
  onDnsFailure: 'tempfail',
} as const;

const badDkim = good.dkim.map((each) => ({ ...each, status: 'fail' as const }));
const judgements: readonly (readonly [string, Outcome, string, string])[] = [
  ['all is well', good, 'pass', 'pass'],
  ['DMARC fails', failed, 'flag dmarc-fail', 'block dmarc-reject'],
  [
    'DMARC fails softly',
    { ...failed, dmarc: { ...failed.dmarc, policy: 'quarantine' } },
    'flag dmarc-fail',
    'block dmarc-quarantine',
  ],
  [
    'DMARC fails, and the domain wants nothing done',
    { ...failed, dmarc: { ...failed.dmarc, policy: 'none' } },
    'flag dmarc-fail',
    'flag dmarc-fail',
  ],
  [
    'no single author',
    { ...failed, dmarc: { ...failed.dmarc, status: 'permerror' } },
    'flag dmarc-permerror',
    'block dmarc-permerror',
  ],
  [
    'DMARC fails without DNS',
    { ...failed, dns: 'failed' },
    'flag authentication-temperror',
    'tempfail',
  ],
  ['DMARC passes although a question was not answered', { ...good, dns: 'failed' }, 'pass', 'pass'],
  [
    'the end of the body is not signed',
    { ...good, dmarc: { ...good.dmarc, openOctets: 7 } },
    'flag dkim-partly-signed',
    'flag dkim-partly-signed',
  ],
  ['a good signature and no policy', without, 'pass', 'pass'],
  ['no signature and no policy', { ...without, dkim: [] }, 'pass', 'pass'],
  ['a bad signature', { ...without, dkim: badDkim }, 'flag dkim-fail', 'flag dkim-fail'],
  [
    'a bad signature beside a good one',
    { ...without, dkim: [...badDkim, ...good.dkim] },
    'pass',
    'pass',
  ],
  ['a broken ARC chain', { ...without, arc: 'fail' }, 'flag arc-fail', 'flag arc-fail'],
  [
    'a header that is too large',
    { ...without, dkim: [], scope: 'limited' },
    'flag authentication-limit',
    'flag authentication-limit',
  ],
];

for (const [name, outcome, lenient, severe] of judgements) {
  test(`${name}: ${lenient}, at most ${severe}`, () => {
    const shown = (policy: Parameters<typeof judge>[1]): string => {
      const verdict = judge(outcome, policy);
      if (verdict.kind === 'flag') return `flag ${verdict.label}`;
      return verdict.kind === 'block' ? `block ${verdict.finding}` : verdict.kind;
    };
    assert.equal(shown(flagOnly), lenient);
    assert.equal(shown(strict), severe);
  });
}

test('the field fits into what listed sizes allow for, folds included', () => {
  const anyDomain = fc.oneof(
    fc.constant(undefined),
    fc.domain(),
    fc.string({ maxLength: 300 }),
    fc.constant('a'.repeat(100)),
  );
  const anyDkim = fc.array(
    fc.record({
      status: fc.constantFrom('pass' as const, 'fail' as const, 'policy' as const),
      domain: anyDomain,
      selector: anyDomain,
      openOctets: fc.nat(),
    }),
    { maxLength: 16 },
  );
  const anyDmarc = fc.record({
    status: fc.constantFrom('pass' as const, 'fail' as const),
    domain: anyDomain,
    policy: fc.constantFrom('reject' as const, undefined),
    openOctets: fc.nat(),
  });
  fc.assert(
    fc.property(anyDkim, anyDmarc, (dkim, dmarc) => {
      const value = formatResults('p'.repeat(100), { ...good, dkim, dmarc });
      const edits = new HeaderEdits(new HeaderBlock(Buffer.from('\r\n')));
      edits.add('Authentication-Results', value);
      assert.ok(edits.toBuffer().length - 2 <= 512, `${edits.toBuffer().length}`);
      assert.match(value, /^[\x20-\x7e]+$/);
      assert.equal(value.match(/(?<!\.)dmarc=/g)?.length, 1);
      assert.equal(edits.get('Authentication-Results'), value);
    }),
    { numRuns: 500 },
  );
});

test('a good signature is named before bad ones', () => {
  const dkim = [...Array.from({ length: 16 }, () => badDkim).flat(), ...good.dkim];
  assert.match(formatResults('p', { ...good, dkim }), /^p; dkim=pass header\.d=example\.org /);
});

const fields: readonly (readonly [string, boolean])[] = [
  ['mx.example.net; dkim=pass', true],
  ['  MX.Example.NET; dkim=pass', true],
  ['mx.example.net 1; dkim=pass', true],
  ['mx.example.net', true],
  ['mx.example.net(c); dkim=pass', true],
  ['"mx.example.net"; dkim=pass', true],
  ['"mx.\\example.net" ; dkim=pass', true],
  ['(comment) mx.example.net; dkim=pass', true],
  ['=?utf-8?q?mx.example.net?=; dkim=pass', true],
  ['(a;b) mx.example.net; dkim=pass', true],
  ['(a(=)b)mx.example.net; dkim=pass', true],
  ['("; mx.example.net; dkim=pass', true],
  ['mx(c).example.net; dkim=pass', true],
  ['mx .example.net; dkim=pass', true],
  ['mx.example.net.; dkim=pass', true],
  ['mx.example.net\0; dkim=pass', true],
  ['mx.exam\0ple.net; dkim=pass', true],
  ['\xef\xbb\xbfmx.example.net; dkim=pass', true],
  ['; mx.example.net; dkim=pass', true],
  ['"x;y" mx.example.net; dkim=pass', true],
  ['<mx.example.net>; dkim=pass', true],
  ['=?utf-8?b?bXguZXhhbXBsZS5uZXQ=?=; dkim=pass', true],
  ['spf=pass smtp.mailfrom=mx.example.net; dkim=none', false],
  ['other.example.net (mx.example.net) 1; dkim=pass', false],
  ['other.example.net; dkim=pass', false],
  ['mx.example.network; dkim=pass', false],
  ['a.mx.example.net; dkim=pass', false],
  ['other.example.net; dkim=pass header.d=mx.example.net', false],
  ['', false],
];

for (const [value, expected] of fields) {
  test(`${expected ? 'of' : 'not of'} mx.example.net: ${value}`, () => {
    assert.equal(claims(value, 'mx.example.net'), expected);
  });
}

const times = { answerMs: 10_000, absenceMs: 5000, failureMs: 1000, maxEntries: 3 };

test('answers are kept for their time, good and bad ones', async () => {
  const clock = new FakeClock();
  const asked: string[] = [];
  const cache = new DnsCache(
    async (name) => {
      asked.push(name);
      if (name === 'absent') throw dnsError('ENOTFOUND');
      if (name === 'broken') throw dnsError('ESERVFAIL');
      return [['text']];
    },
    clock,
    times,
  );
  const askAll = async (): Promise<string[]> => {
    asked.length = 0;
    for (const name of ['there', 'absent', 'broken']) {
      await cache.ask(name, 'TXT').catch(() => {});
    }
    return [...asked];
  };
  assert.deepEqual(await askAll(), ['there', 'absent', 'broken']);
  assert.deepEqual(await askAll(), []);
  await clock.advance(1000);
  assert.deepEqual(await askAll(), ['broken']);
  await clock.advance(4000);
  assert.deepEqual(await askAll(), ['absent', 'broken']);
  await clock.advance(5000);
  assert.deepEqual(await askAll(), ['there', 'absent', 'broken']);
});

test('a question that is open is not asked again, and the oldest answer makes room', async () => {
  const clock = new FakeClock();
  const open = Promise.withResolvers<string[][]>();
  let count = 0;
  const cache = new DnsCache(
    () => {
      count += 1;
      return open.promise;
    },
    clock,
    times,
  );
  const both = [cache.ask('a.example', 'TXT'), cache.ask('A.Example', 'TXT')];
  assert.equal(count, 1);
  open.resolve([['x']]);
  assert.deepEqual(await Promise.all(both), [[['x']], [['x']]]);
  for (const name of ['b', 'c', 'd', 'e']) await cache.ask(name, 'TXT');
  assert.equal(cache.size, 3);
  await cache.ask('a.example', 'TXT');
  assert.equal(count, 6);
});

test('results are kept for one use, and never more than so many', () => {
  const kept = new KeptForMessage<Outcome>(2);
  const message = (number: number) => ({ ...sampleFacts(0), number });
  for (const number of [1, 2, 3]) kept.put(message(number), good);
  assert.equal(kept.size, 2);
  assert.equal(kept.take(message(1)), undefined);
  assert.equal(kept.take(message(3)), good);
  assert.equal(kept.take(message(3)), undefined);
  kept.forget(message(2));
  assert.equal(kept.size, 0);
});

test('nothing has to be given', () => {
  const options = optionsSchema.parse({});
  assert.match(options.authservId, /^[a-z0-9._-]+$/);
  assert.deepEqual(
    { ...options, authservId: '' },
    {
      authservId: '',
      trust: undefined,
      block: new Set(),
      report: 'flags',
      onDnsFailure: 'flag',
      minKeyBits: 1024,
      dns: { servers: undefined, totalMs: 5000, answerMs: 600_000 },
    },
  );
});

const refusals: readonly (readonly [object, RegExp])[] = [
  [{ authserv_id: 'a b' }, /expected a name of letters/],
  [{ authserv_id: 'a'.repeat(101) }, /expected a name of letters/],
  [{ authserv_id: 'a;dkim=pass' }, /expected a name of letters/],
  [{ trust: ['a b'] }, /expected a name of letters/],
  [{ trust: 'a' }, /expected a list of names/],
  [{ block: ['dkim-fail'] }, /expected a list of dmarc-reject/],
  [{ on_dns_failure: 'pass' }, /expected flag or tempfail/],
  [{ min_key_bits: 512 }, /expected a whole number from 1024/],
  [{ dns: { servers: [] } }, /expected at least one server/],
  [{ dns: { servers: ['localhost'] } }, /expected an IP address/],
  [{ dns: { servers: ['127.0.0.1:0'] } }, /expected an IP address/],
  [{ dns: { timeout: '5' } }, /expected a duration from 1ms to 1m/],
  [{ dns: { timeout: '2m' } }, /expected a duration from 1ms to 1m/],
  [{ spf: true }, /spf/],
];

for (const [options, message] of refusals) {
  test(`refused: ${JSON.stringify(options).slice(0, 60)}`, () => {
    assert.throws(() => optionsSchema.parse(options), message);
  });
}

test('servers may have ports', () => {
  const servers = ['192.0.2.1', '192.0.2.1:5353', '2001:db8::1', '[2001:db8::1]:53'];
  assert.deepEqual(optionsSchema.parse({ dns: { servers } }).dns.servers, servers);
});

test('the schema can be shown to editors', () => {
  const shown = z.toJSONSchema(optionsSchema, { io: 'input' });
  assert.equal(shown.additionalProperties, false);
});
