import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type UpstreamTools, upstreamCheck } from '../../../src/cli/doctor/upstream-check.ts';
import type { ProbeRequest, ProbeResult } from '../../../src/cli/probe.ts';
import { readConfig } from '../../../src/config/load.ts';
import type { Diagnosis } from '../../../src/plugin-api/diagnosis.ts';
import { parseCapabilities } from '../../../src/pop3/capability.ts';

const nowMs = Date.UTC(2026, 10, 24);
const dayMs = 86_400_000;

function capabilities(...lines: readonly string[]) {
  return parseCapabilities(lines.map((line) => Buffer.from(line)));
}

const certificate = {
  names: ['pop.example.net'],
  issuer: 'An authority',
  validFromMs: nowMs - 90 * dayMs,
  validToMs: nowMs + 60 * dayMs,
  isSelfIssued: false,
  pin: `sha256/${'A'.repeat(43)}=`,
};

const tls = { protocol: 'TLSv1.3', cipher: 'AES', certificate, problem: undefined };

const wellAnswer = {
  kind: 'reached',
  greeting: 'ready',
  capabilities: capabilities('USER', 'UIDL', 'TOP', 'PIPELINING', 'SASL PLAIN'),
  tls,
} satisfies ProbeResult;

interface Trial {
  readonly upstream?: string;
  readonly answer?: ProbeResult;
  readonly addresses?: readonly string[];
}

async function diagnosing({
  upstream = '',
  answer = wellAnswer,
  addresses = ['192.0.2.1'],
}: Trial) {
  const asked: ProbeRequest[] = [];
  const text = `
listeners: [{name: a, port: 1110, tls: none}]
routes: [{name: r, upstream: {host: pop.example.net${upstream}}}]
`;
  const { config } = await readConfig(text, 'postern.yaml', {});
  const target = config.routes[0]?.upstream;
  assert.ok(target);
  const tools: UpstreamTools = {
    probe: async (request) => {
      asked.push(request);
      return answer;
    },
    resolve: async () => {
      if (addresses.length === 0) throw new Error('ENOTFOUND');
      return addresses;
    },
    nowMs: () => nowMs,
  };
  const diagnoses: Diagnosis[] = [];
  const { run } = upstreamCheck('route r', target, tools);
  for await (const each of run(new AbortController().signal)) diagnoses.push(each);
  const lines = diagnoses.map((each) => `${each.level} ${each.found}`);
  return { asked, lines, all: lines.join('\n') };
}

test('a server that is well is described', async () => {
  const { lines, asked } = await diagnosing({});
  assert.deepEqual(lines, [
    'ok pop.example.net is 192.0.2.1',
    'ok answers on port 995: "ready"',
    'ok TLSv1.3 with AES, certificate for pop.example.net',
    'ok the certificate is valid until 2027-01-23',
    'ok offers UIDL, TOP, PIPELINING, SASL PLAIN',
    'ok logins will use auth-plain',
  ]);
  assert.equal(asked[0]?.trust?.host, 'pop.example.net');
});

test('without an address nothing is connected to', async () => {
  const { lines, asked } = await diagnosing({ addresses: [] });
  assert.deepEqual(lines, ['fail there is no address for pop.example.net']);
  assert.deepEqual(asked, []);
});

test('a certificate that is not valid fails in plain words, and the rest is told all the same', async () => {
  const cases: readonly [string, RegExp][] = [
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      /^fail the certificate is for pop\.example\.net, not for x\.y$/m,
    ],
    ['CERT_HAS_EXPIRED', /^fail a certificate of the server has expired/m],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /^fail the certificate is signed by itself/m],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /^fail .* signed by An authority, which is not trusted/m],
    ['SOMETHING_NEW', /^fail the certificate is not valid \(SOMETHING_NEW\)$/m],
  ];
  for (const [problem, words] of cases) {
    const answer = { ...wellAnswer, tls: { ...tls, problem } };
    const { all } = await diagnosing({ answer, upstream: ', server_name: x.y' });
    assert.match(all, words);
    assert.match(all, /^ok logins will use/m);
  }
});

test('verify: none is worth a warning, with a valid certificate or without', async () => {
  const upstream = ', verify: none';
  assert.match((await diagnosing({ upstream })).all, /^warn certificates are not verified/m);
  const answer = { ...wellAnswer, tls: { ...tls, problem: 'CERT_HAS_EXPIRED' } };
  assert.match((await diagnosing({ upstream, answer })).all, /^warn .*expired.*verify: none$/m);
});

test('a pinned key is looked at, and told where it is another', async () => {
  const upstream = (pin: string, verify: string): string =>
    `, verify: ${verify}, pins: ["sha256/${pin.repeat(42)}A="]`;
  assert.match(
    (await diagnosing({ upstream: upstream('A', 'full') })).all,
    /^ok the key is one of/m,
  );
  const other = await diagnosing({ upstream: upstream('B', 'full') });
  assert.match(other.all, /^fail the key is sha256\/A+=, which is not pinned$/m);
  const answer = { ...wellAnswer, tls: { ...tls, problem: 'DEPTH_ZERO_SELF_SIGNED_CERT' } };
  const keyOnly = await diagnosing({ upstream: upstream('A', 'pin'), answer });
  assert.doesNotMatch(keyOnly.all, /^(?:fail|warn)/m);
  assert.equal(keyOnly.asked[0]?.trust?.inspect, undefined);
});

test('a server that expects a PROXY protocol header is told that nobody is behind it', async () => {
  const headerFor = async (upstream: string): Promise<string | undefined> =>
    (await diagnosing({ upstream })).asked[0]?.preamble?.toString('latin1');
  assert.equal(await headerFor(''), undefined);
  assert.equal(await headerFor(', proxy_protocol: v1'), 'PROXY UNKNOWN\r\n');
  assert.match((await headerFor(', proxy_protocol: v2')) ?? '', /^\r\n\r\n\0\r\nQUIT\n\x20/);
});

test('a certificate that expires soon is worth a warning', async () => {
  const short = { ...certificate, validToMs: nowMs + 5 * dayMs };
  const answer = { ...wellAnswer, tls: { ...tls, certificate: short } };
  assert.match((await diagnosing({ answer })).all, /^warn .* for 5 days more, until 2026-11-29$/m);
});

test('no TLS is worth a warning', async () => {
  const answer = { ...wellAnswer, tls: undefined };
  const upstream = ', tls: none, allow_plaintext_login: true';
  assert.match((await diagnosing({ upstream, answer })).all, /^warn no TLS/m);
});

test('what the server cannot do, and what it asks for, is told', async () => {
  const answer = {
    ...wellAnswer,
    capabilities: capabilities('USER', 'EXPIRE 0', 'LOGIN-DELAY 300'),
  };
  const { all } = await diagnosing({ answer });
  assert.match(all, /^ok offers EXPIRE 0, LOGIN-DELAY 300$/m);
  assert.match(all, /^warn has no UIDL/m);
  assert.match(all, /asks for 300 s between two logins/);
  const silent = { ...wellAnswer, capabilities: undefined };
  assert.match((await diagnosing({ answer: silent })).all, /^ok knows no CAPA/m);
});

test('a login method that the server does not offer fails', async () => {
  const upstream = ', login: [scram-sha-256, cram-md5]';
  assert.match((await diagnosing({ upstream })).all, /^fail .*no way to log in/m);
  assert.match((await diagnosing({ upstream: ', login: apop' })).all, /^fail/m);
  const answer = { ...wellAnswer, greeting: 'ready <1.2@pop.example.net>' };
  const withApop = await diagnosing({ upstream: ', login: apop', answer });
  assert.match(withApop.all, /^ok logins will use apop$/m);
});

test('why a server cannot be spoken to is told in words', async () => {
  const cases: readonly [Omit<Extract<ProbeResult, { kind: 'failed' }>, 'kind'>, RegExp][] = [
    [{ step: 'connect', reason: 'r', code: 'ECONNREFUSED' }, /nobody listens/],
    [{ step: 'connect', reason: 'r', code: 'ENETUNREACH' }, /no way to/],
    [{ step: 'connect', reason: 'r', code: 'EPERM' }, /forbids/],
    [{ step: 'connect', reason: 'slow', code: undefined }, /cannot be reached: slow/],
    [{ step: 'tls', reason: 'r', code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, /does not speak TLS/],
    [{ step: 'tls', reason: 'r', code: 'ERR_SSL_UNSUPPORTED_PROTOCOL' }, /no TLS version/],
    [{ step: 'tls', reason: 'reset', code: 'ECONNRESET' }, /no TLS handshake .*: reset/],
    [{ step: 'greeting', reason: 'refused: busy', code: undefined }, /no greeting: refused: busy/],
    [{ step: 'capabilities', reason: 'closed', code: undefined }, /breaks off: closed/],
  ];
  for (const [failure, words] of cases) {
    const { lines } = await diagnosing({ answer: { kind: 'failed', ...failure } });
    assert.equal(lines.length, 2);
    assert.match(lines[1] ?? '', words);
    assert.match(lines[1] ?? '', /^fail/);
  }
});
