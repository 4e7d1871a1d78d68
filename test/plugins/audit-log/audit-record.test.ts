import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Observation } from '#plugin-api';
import { toAuditRecord } from '../../../plugins/audit-log/audit-record.ts';
import { judged, message, observations, session } from './observations.ts';

const time = new Date('2026-11-02T10:00:00.000Z');

const who = {
  time: '2026-11-02T10:00:00.000Z',
  session: '0123456789abcdef',
  client: '192.0.2.7',
  clientPort: 40_112,
  listener: 'pop3s',
  tls: 'TLSv1.3',
  serverName: 'pop.example.net',
};
const what = {
  user: 'ann',
  route: 'main',
  upstream: 'pop.example.net:995',
  upstreamTls: 'TLSv1.2',
  number: 3,
  uidl: '1f3a',
  listed: 48_211,
};

const expected: Readonly<Record<Observation['kind'], object>> = {
  sessionOpened: {},
  loginAccepted: {
    user: 'ann',
    upstream: 'pop.example.net:995',
    upstreamTls: 'TLSv1.2',
    durationMs: 12,
  },
  loginRefused: { user: 'ann', code: 'LOGIN_REFUSED', durationMs: 14 },
  messageJudged: {
    command: 'RETR',
    ...what,
    octets: 48_300,
    sha256: '9f86d081',
    verdicts: [
      { plugin: 'clamav', engine: 'clamav 2 clamav/1.4.6/27500', kind: 'pass', action: 'pass' },
      {
        plugin: 'spam',
        engine: 'spam 1',
        kind: 'flag',
        label: 'spam',
        evidence: '7.1 points',
        action: 'pass',
      },
      {
        plugin: 'attachment-policy',
        engine: 'attachment-policy 2',
        kind: 'block',
        finding: 'double-extension',
        part: 'invoice.pdf.exe',
        evidence: 'MZ',
        paths: ['1.2', '1.3'],
        action: 'replace',
      },
      {
        plugin: 'other',
        engine: 'other 1',
        kind: 'tempfail',
        reason: 'not now',
        action: 'defer',
        shadow: true,
      },
    ],
    action: 'replace',
    quarantineId: 'q1',
    durationMs: 41,
  },
  messageDelivered: {
    command: 'TOP',
    ...what,
    octets: 512,
    action: 'pass',
    source: 'quarantine',
    quarantineId: 'q1',
    durationMs: 5,
  },
  messageRefused: { command: 'RETR', ...what, code: 'SCAN_TIMEOUT', durationMs: 6 },
  messageBroken: { command: 'RETR', ...what, code: 'UPSTREAM_CLOSED', durationMs: 7 },
  sessionEnded: { user: 'ann', reason: 'quit', deleted: ['1f3a', '1f3b'], durationMs: 900 },
  lessonGiven: {
    user: 'ann',
    server: 'pop.example.net',
    as: 'spam',
    weight: 'correction',
    source: 'link',
    uidl: '1f3a',
    octets: 48_300,
    sha256: '9f86d081',
    outcomes: [
      { plugin: 'spam', kind: 'learned' },
      { plugin: 'other', kind: 'unchanged', reason: 'known' },
      { plugin: 'rspamd', kind: 'failed', code: 'PLUGIN_FAILED' },
    ],
  },
};

for (const observation of observations) {
  test(`${observation.kind} becomes one line with its facts`, () => {
    const line = toAuditRecord(observation, time);
    assert.match(line, /^\{[^\n]*\}$/);
    assert.deepEqual(JSON.parse(line), {
      event: observation.kind,
      ...('session' in observation ? who : { time: who.time }),
      ...expected[observation.kind],
    });
  });
}

test('every kind of event is covered here', () => {
  assert.deepEqual(
    observations.map(({ kind }) => kind),
    Object.keys(expected),
  );
});

test('what is not there is left out', () => {
  const plain = { ...session, client: { ...session.client, tls: undefined } };
  const bare = { ...judged, session: plain, quarantineId: undefined };
  const line = toAuditRecord({ ...bare, message: { ...message, uidl: undefined } }, time);
  const keys = Object.keys(JSON.parse(line));
  for (const key of ['tls', 'uidl', 'quarantineId']) assert.ok(!keys.includes(key), key);
});

test('an IPv6 upstream is written with brackets', () => {
  const { upstream } = message.account;
  const account = { ...message.account, upstream: { ...upstream, host: '2001:db8::1' } };
  const line = toAuditRecord({ ...judged, message: { ...message, account } }, time);
  assert.equal(JSON.parse(line).upstream, '[2001:db8::1]:995');
});

test('an intercepted session says where its client wanted to go', () => {
  const destination = { address: '2001:db8::2', port: 110 };
  const intercepted = { ...session, client: { ...session.client, destination } };
  const line = toAuditRecord({ kind: 'sessionOpened', session: intercepted }, time);
  assert.equal(JSON.parse(line).destination, '[2001:db8::2]:110');
});

test('a session through a load balancer says which', () => {
  const via = { address: '192.0.2.10', port: 4000 };
  const relayed = { ...session, client: { ...session.client, via } };
  const line = toAuditRecord({ kind: 'sessionOpened', session: relayed }, time);
  assert.equal(JSON.parse(line).via, '192.0.2.10:4000');
});

test('only named fields get into a line', () => {
  const secret = 'hunter2';
  for (const observation of observations) {
    const client = { ...session.client, password: secret };
    const loaded = { ...observation, password: secret, session: { ...session, secret, client } };
    const line = toAuditRecord(loaded, time);
    assert.ok(!line.includes(secret), observation.kind);
  }
});

test('no text of a sender can break or disguise a line', () => {
  const hostile = fc.constantFrom(
    '\n',
    '\r\n',
    '\0',
    '\u001b[2J',
    '\u007f',
    '\u0085',
    '\u009b1A',
    '\u2028',
    '\u2029',
    '\u202e',
    '\u2066',
    '\u200f',
    '\ufeff',
    '\u{e0041}',
    '\ud800',
    '"',
    '\\',
    '\\u000a',
    '{"event":"x"}',
    'Grüße',
  );
  const anyText = fc
    .array(fc.oneof(hostile, fc.string({ unit: 'binary' })))
    .map((all) => all.join(''));
  fc.assert(
    fc.property(anyText, anyText, (part, uidl) => {
      const verdict = { kind: 'block', finding: part, part } as const;
      const about = { plugin: 'p', engine: 'p 1', action: 'hold', isShadow: false } as const;
      const verdicts = [{ ...about, verdict }];
      const line = toAuditRecord({ ...judged, verdicts, message: { ...message, uidl } }, time);
      assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      const record = JSON.parse(line);
      assert.equal(record.uidl, uidl);
      assert.deepEqual(record.verdicts, [
        { plugin: 'p', engine: 'p 1', kind: 'block', finding: part, part, action: 'hold' },
      ]);
    }),
  );
});

test('no text of a sender makes a line of any length', () => {
  const long = 'x'.repeat(100_000);
  const verdict = {
    kind: 'block',
    finding: long,
    part: long,
    evidence: long,
    paths: Array.from({ length: 10_000 }, () => long),
  } as const;
  const about = { plugin: 'p', engine: long, action: 'hold', isShadow: false } as const;
  const line = toAuditRecord({ ...judged, verdicts: [{ ...about, verdict }] }, time);
  assert.ok(line.length < 150_000, `${line.length}`);
  const [shown] = JSON.parse(line).verdicts;
  assert.equal(shown.finding, `${'x'.repeat(1000)}…`);
  assert.equal(shown.paths.length, 100);
});
