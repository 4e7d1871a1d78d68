import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Observation } from '#plugin-api';
import { toAuditLine } from '../../../plugins/audit-log/audit-line.ts';
import { judged, message, observations, session } from './observations.ts';

const time = new Date('2026-11-02T10:00:00.000Z');

const who = {
  time: '2026-11-02T10:00:00.000Z',
  session: '0123456789abcdef',
  client: '192.0.2.7',
  clientPort: 40_112,
  listener: 'pop3s',
  tls: 'TLSv1.3',
};
const what = {
  user: 'ann',
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
      { plugin: 'clamav', kind: 'pass' },
      { plugin: 'spam', kind: 'flag', label: 'spam', evidence: '7.1 points' },
      {
        plugin: 'attachment-policy',
        kind: 'block',
        finding: 'double-extension',
        part: 'invoice.pdf.exe',
      },
      { plugin: 'other', kind: 'tempfail', reason: 'not now' },
    ],
    action: 'replace',
    quarantineId: 'q1',
    durationMs: 41,
  },
  messageDelivered: { command: 'TOP', ...what, octets: 512, action: 'pass', durationMs: 5 },
  messageRefused: { command: 'RETR', ...what, code: 'SCAN_TIMEOUT', durationMs: 6 },
  messageBroken: { command: 'RETR', ...what, code: 'UPSTREAM_CLOSED', durationMs: 7 },
  sessionEnded: { user: 'ann', reason: 'quit', deleted: ['1f3a', '1f3b'], durationMs: 900 },
};

for (const observation of observations) {
  test(`${observation.kind} becomes one line with its facts`, () => {
    const line = toAuditLine(observation, time);
    assert.match(line, /^[^\n]*\n$/);
    assert.deepEqual(JSON.parse(line), {
      event: observation.kind,
      ...who,
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
  const line = toAuditLine({ ...bare, message: { ...message, uidl: undefined } }, time);
  const keys = Object.keys(JSON.parse(line));
  for (const key of ['tls', 'uidl', 'quarantineId']) assert.ok(!keys.includes(key), key);
});

test('an IPv6 upstream is written with brackets', () => {
  const { upstream } = message.account;
  const account = { user: 'ann', upstream: { ...upstream, host: '2001:db8::1' } };
  const line = toAuditLine({ ...judged, message: { ...message, account } }, time);
  assert.equal(JSON.parse(line).upstream, '[2001:db8::1]:995');
});

test('only named fields get into a line', () => {
  const secret = 'hunter2';
  for (const observation of observations) {
    const client = { ...session.client, password: secret };
    const loaded = { ...observation, password: secret, session: { ...session, secret, client } };
    const line = toAuditLine(loaded, time);
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
      const verdicts = [{ plugin: 'p', verdict }];
      const line = toAuditLine({ ...judged, verdicts, message: { ...message, uidl } }, time);
      assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      const record = JSON.parse(line);
      assert.equal(record.uidl, uidl);
      assert.deepEqual(record.verdicts, [{ plugin: 'p', kind: 'block', finding: part, part }]);
    }),
  );
});
