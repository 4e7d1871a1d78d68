import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runPlugin } from '#plugin-testing';
import dnsLists from '../../../plugins/dns-lists/index.ts';
import { optionsSchema } from '../../../plugins/dns-lists/options.ts';
import { wantedUntil } from '../../../src/pipeline/interest.ts';
import { testServices } from '../../../src/pipeline/testing.ts';
import type { CheckServices, Diagnosis } from '../../../src/plugin-api/diagnosis.ts';
import type { Verdict } from '../../../src/plugin-api/verdict.ts';
import {
  type DnsRecords,
  type DnsResponder,
  startDnsResponder,
} from '../../helpers/dns-responder.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { wholeMessage } from '../../helpers/pipeline.ts';

const addresses = {
  zone: 'ip.example',
  about: ['client'],
  answers: [
    { codes: ['127.0.0.2'], log_odds: 3, label: 'SBL' },
    { codes: ['127.0.0.10/31'], log_odds: 1 },
  ],
};
const domains = { zone: 'uri.example', name: 'links', about: ['uri', 'from'], log_odds: 2.5 };

const letter =
  `Received: from helo.example.org (x [8.8.4.4]) by mx.example.net (Postfix) with ESMTP id 1; x
From: a@from.example.com

see http://www.bad.example.org/ and http://good.example.org.uk/
`.replaceAll('\n', '\r\n');

const tested: DnsRecords = {
  '2.0.0.127.ip.example': ['127.0.0.2'],
  'test.uri.example': ['127.0.0.2'],
};

/** In short: `3 dns-list-ip.example`. */
function summary(verdict: Verdict | undefined): string {
  if (verdict?.kind !== 'score') return verdict?.kind ?? 'nothing';
  return [verdict.logOdds, ...verdict.reasons.map(({ name }) => name)].join(' ');
}

async function judge(
  server: DnsResponder,
  options: object = {},
  message = letter,
): Promise<string> {
  const given = { servers: [server.address], lists: [addresses, domains], ...options };
  const { verdict } = await runPlugin(dnsLists, given, Buffer.from(message));
  return summary(verdict);
}

for (const [what, records, expected] of [
  ['nothing is listed', {}, 'pass'],
  ['the client is listed', { '4.4.8.8.ip.example': ['127.0.0.2'] }, '3 dns-list-ip.example'],
  [
    'the client is listed for something else',
    { '4.4.8.8.ip.example': ['127.0.0.11'] },
    '1 dns-list-ip.example',
  ],
  ['the answer means nothing', { '4.4.8.8.ip.example': ['127.0.0.77'] }, 'pass'],
  ['a link is listed', { 'example.org.uri.example': ['127.0.0.2'] }, '2.5 dns-list-links'],
  ['the author is listed', { 'example.com.uri.example': ['127.0.0.2'] }, '2.5 dns-list-links'],
  [
    'two are on one list',
    { 'example.com.uri.example': ['127.0.0.2'], 'example.org.uri.example': ['127.0.0.2'] },
    '2.5 dns-list-links',
  ],
  [
    'two lists have something',
    { '4.4.8.8.ip.example': ['127.0.0.2'], 'example.org.uri.example': ['127.0.0.2'] },
    '5.5 dns-list-ip.example dns-list-links',
  ],
  ['a list refuses', { '4.4.8.8.ip.example': ['127.255.255.254'] }, 'pass'],
  ['somebody else answers', { '4.4.8.8.ip.example': ['198.51.100.1'] }, 'pass'],
  ['everything is listed', { '*': ['127.0.0.2'] }, 'pass'],
  ['the server fails', { '*': 'broken' }, 'pass'],
] as const satisfies readonly (readonly [string, DnsRecords, string])[]) {
  test(`when ${what}: ${expected}`, async () => {
    await using server = await startDnsResponder(records);
    assert.equal(await judge(server), expected);
  });
}

test('a list that does not answer says nothing, or defers the message if that is wanted', async () => {
  await using server = await startDnsResponder({
    '*': 'silent',
    'example.org.uri.example': ['127.0.0.2'],
  });
  const slow = { ...addresses, timeout: '50ms' };
  const list = { ...domains, timeout: '5s', test: 'off' };
  assert.equal(
    await judge(server, { lists: [slow, list], timeout: '300ms' }),
    '2.5 dns-list-links',
  );
  const needed = { ...slow, on_failure: 'tempfail' };
  assert.equal(await judge(server, { lists: [needed, list], timeout: '300ms' }), 'tempfail');
});

test('all lists together say no more than the bound', async () => {
  await using server = await startDnsResponder({
    '4.4.8.8.ip.example': ['127.0.0.2'],
    'example.org.uri.example': ['127.0.0.2'],
  });
  assert.match(await judge(server, { max_log_odds: 4 }), /^4 /);
});

test('a list of the good speaks for a message', async () => {
  await using server = await startDnsResponder({ '4.4.8.8.good.example': ['127.0.5.3'] });
  const lists = [
    { zone: 'good.example', about: ['client'], answers: [{ codes: ['127.0.*.3'], log_odds: -3 }] },
  ];
  assert.equal(await judge(server, { lists }), '-3 dns-list-good.example');
});

test('full names are asked about where a list wants them', async () => {
  await using server = await startDnsResponder({
    'www.bad.example.org.uri.example': ['127.0.0.2'],
  });
  assert.equal(
    await judge(server, { lists: [{ ...domains, names: 'full' }] }),
    '2.5 dns-list-links',
  );
});

test('a message costs no more questions than configured', async () => {
  await using server = await startDnsResponder({});
  const links = Array.from({ length: 300 }, (_, index) => `http://h${index}.com/`).join('\n');
  const lists = [{ ...domains, test: 'off' }];
  await judge(server, { lists, max_queries: 7 }, `From: a@b.com\r\n\r\n${links}`);
  assert.equal(new Set(server.asked).size, 7);
});

interface Setup {
  readonly clock: FakeClock;
  judge(): Promise<string>;
}

async function setUp(server: DnsResponder, lists: readonly object[]): Promise<Setup> {
  const clock = new FakeClock();
  const options = optionsSchema.parse({ servers: [server.address], lists });
  const instance = await dnsLists.setup(options, { ...testServices(), clock });
  return {
    clock,
    async judge() {
      const view = wholeMessage(letter).viewWhile(wantedUntil(new AbortController().signal));
      return summary(await instance.inspect?.(view));
    },
  };
}

test('answers are remembered as long as they say, and absences for a time', async () => {
  const records = { ...tested, '4.4.8.8.ip.example': ['127.0.0.2'] };
  await using server = await startDnsResponder(records, { ttlSeconds: 120 });
  const { clock, judge: again } = await setUp(server, [addresses, domains]);
  const count = (name: string): number => server.asked.filter((each) => each === name).length;
  await again();
  await again();
  assert.equal(count('4.4.8.8.ip.example'), 1);
  assert.equal(count('example.com.uri.example'), 1);
  server.use(tested);
  assert.equal(await again(), '3 dns-list-ip.example');
  await clock.advance(121_000);
  assert.equal(await again(), 'pass');
  assert.equal(count('4.4.8.8.ip.example'), 2);
  assert.equal(count('example.com.uri.example'), 1);
  await clock.advance(300_000);
  await again();
  assert.equal(count('example.com.uri.example'), 2);
});

test('a list that refuses is left alone for a while, and asked again later', async () => {
  await using server = await startDnsResponder({ '4.4.8.8.ip.example': ['127.255.255.254'] });
  const { clock, judge: again } = await setUp(server, [addresses]);
  assert.equal(await again(), 'pass');
  server.use({ '4.4.8.8.ip.example': ['127.0.0.2'] });
  await clock.advance(300_000);
  const before = server.asked.length;
  assert.equal(await again(), 'pass');
  assert.equal(server.asked.length, before);
  await clock.advance(301_000);
  assert.equal(await again(), '3 dns-list-ip.example');
});

test('a list that has what no list may have is not believed until it mends', async () => {
  await using server = await startDnsResponder({ '*': ['127.0.0.2'] });
  const { clock, judge: again } = await setUp(server, [addresses]);
  assert.equal(await again(), 'pass');
  server.use({ '4.4.8.8.ip.example': ['127.0.0.2'] });
  await clock.advance(601_000);
  assert.equal(await again(), '3 dns-list-ip.example');
});

for (const [what, records, level] of [
  ['answers as it should', tested, 'ok'],
  ['has no test entry', {}, 'warn'],
  ['lists everything', { '*': ['127.0.0.2'] }, 'warn'],
  ['refuses', { '2.0.0.127.ip.example': ['127.255.255.254'] }, 'warn'],
  ['fails', { '*': 'broken' }, 'warn'],
] as const satisfies readonly (readonly [string, DnsRecords, string])[]) {
  test(`a check-up of a list that ${what} says ${level}`, async () => {
    await using server = await startDnsResponder(records);
    const options = optionsSchema.parse({ servers: [server.address], lists: [addresses] });
    const { signal } = new AbortController();
    const services: CheckServices = { clock: new FakeClock(), signal, resolvePath: (path) => path };
    const found: Diagnosis[] = [];
    for await (const each of dnsLists.check?.(options, services) ?? []) found.push(each);
    assert.deepEqual(
      found.map((each) => each.level),
      [level],
    );
  });
}

for (const [value, problem] of [
  [{}, /expected a list of DNS lists/],
  [{ lists: [] }, /at least one/],
  [{ lists: [{ zone: 'Zen', about: ['client'], log_odds: 1 }] }, /expected the name of a zone/],
  [{ lists: [{ zone: 'a.example', about: ['client'] }] }, /expected log_odds or answers/],
  [{ lists: [{ zone: 'a.example', about: ['sky'], log_odds: 1 }] }, /expected client, helo/],
  [{ lists: [{ zone: 'a.example', about: ['client'], log_odds: 0 }] }, /without 0/],
  [
    { lists: [{ zone: 'a.example', about: ['client'], answers: [{ codes: ['1'], log_odds: 1 }] }] },
    /expected 127\.0\.0\.2/,
  ],
  [{ lists: [domains, domains] }, /got links twice/],
  [{ lists: [domains], servers: ['dns.example'] }, /expected an IP address/],
] as const) {
  test(`${JSON.stringify(value).slice(0, 80)} is refused with a reason`, () => {
    const { error } = optionsSchema.safeParse(value);
    assert.match(error?.issues.map(({ message }) => message).join('\n') ?? '', problem);
  });
}
