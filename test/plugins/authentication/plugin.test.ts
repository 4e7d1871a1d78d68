import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runPlugin } from '#plugin-testing';
import authentication from '../../../plugins/authentication/index.ts';
import { optionsSchema } from '../../../plugins/authentication/options.ts';
import { wantedUntil } from '../../../src/pipeline/interest.ts';
import { sampleFacts, testServices } from '../../../src/pipeline/testing.ts';
import { wholeMessage } from '../../helpers/pipeline.ts';
import { startDnsServer } from './dns-server.ts';
import { letter, rsa, sign } from './signed-mail.ts';

const keys = { 'rsa._domainkey.example.org': rsa.record };

interface Found {
  readonly kind: string;
  readonly label: string | undefined;
  /** All fields of the name, in order, unfolded. */
  readonly fields: readonly string[];
  readonly output: string;
}

async function run(
  message: string,
  options: object = {},
  records: Readonly<Record<string, string>> = keys,
): Promise<Found> {
  await using server = await startDnsServer(records);
  const { verdict, output } = await runPlugin(
    authentication,
    { authserv_id: 'postern.example.net', dns: { servers: [server.address] }, ...options },
    Buffer.from(message, 'latin1'),
  );
  assert.ok(verdict !== undefined);
  const text = output.toString('latin1');
  const [header = ''] = text.split('\r\n\r\n');
  const fields = header
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .filter((line) => /^authentication-results:/i.test(line))
    .map((line) => line.slice(line.indexOf(':') + 2));
  const label = verdict.kind === 'flag' ? verdict.label : undefined;
  const finding = verdict.kind === 'block' ? verdict.finding : label;
  return { kind: verdict.kind, label: finding, fields, output: text };
}

test('with a real DNS server a signed message passes, and a field says so', async () => {
  const signed = await sign(letter);
  const { kind, fields, output } = await run(
    signed,
    {},
    {
      ...keys,
      '_dmarc.example.org': 'v=DMARC1; p=reject',
    },
  );
  assert.equal(kind, 'pass');
  assert.deepEqual(fields, [
    'postern.example.net; dkim=pass header.d=example.org header.s=rsa; arc=none; dmarc=pass header.from=example.org',
  ]);
  assert.ok(output.startsWith('Authentication-Results: postern.example.net;'));
  assert.ok(output.endsWith(signed), 'all octets of the sender stay');
});

test('a changed message is flagged and delivered', async () => {
  const found = await run((await sign(letter)).replace('Dear Bob', 'Dear Eve'));
  assert.equal(found.kind, 'flag');
  assert.equal(found.label, 'dkim-fail');
  assert.match(found.fields[0] ?? '', /; dkim=fail header\.d=example\.org /);
});

for (const [block, kind, label] of [
  [[], 'flag', 'dmarc-fail'],
  [['dmarc-quarantine'], 'flag', 'dmarc-fail'],
  [['dmarc-reject'], 'block', 'dmarc-reject'],
] as const) {
  test(`a message that its domain wants refused, with block: [${block.join()}]: ${kind}`, async () => {
    const records = { '_dmarc.example.org': 'v=DMARC1; p=reject' };
    const found = await run(letter, { block }, records);
    assert.equal(found.kind, kind);
    assert.equal(found.label, label);
    assert.match(
      found.fields[0] ?? '',
      /dmarc=fail header\.from=example\.org policy\.dmarc=reject$/,
    );
  });
}

const forged = [
  'Authentication-Results: postern.example.net; dkim=pass header.d=bank.example\r\n',
  'authentication-results: POSTERN.example.net 1;\r\n\tdkim=pass header.d=bank.example\r\n',
  'Authentication-Results: (hi) "postern.example.net"; dmarc=pass\r\n',
  'Authentication-Results: postern.example.net\r\n',
].join('');
const foreign = 'Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=example.org\r\n';

test('fields that claim to be ours go, those of others stay', async () => {
  const { fields } = await run(`${forged}${foreign}${letter}`);
  assert.equal(fields.length, 2);
  assert.match(fields[0] ?? '', /^postern\.example\.net; dkim=none; /);
  assert.equal(fields[1], 'mx.example.org; spf=pass smtp.mailfrom=example.org');
});

test('with a list of servers to trust the fields of all others go', async () => {
  const other = 'Authentication-Results: evil.test; dmarc=pass\r\n';
  const { fields } = await run(`${forged}${other}${foreign}${letter}`, {
    trust: ['MX.example.org'],
  });
  assert.deepEqual(
    fields.map((field) => field.split(';')[0]),
    ['postern.example.net', 'mx.example.org'],
  );
  const none = await run(`${forged}${other}${foreign}${letter}`, { trust: [] });
  assert.equal(none.fields.length, 1);
});

test('no text of a sender gets into the field as a result of its own', async () => {
  const hostile = letter.replace(
    'From: Ann <ann@example.org>',
    'From: "; dmarc=pass header.from=bank.example" <ann@example.org; dmarc=pass>',
  );
  const signature =
    'DKIM-Signature: v=1; a=rsa-sha256; d=example.org) dmarc=pass (x; s=a b\\"; h=from; bh=x; b=y\r\n';
  const { fields } = await run(`${signature}${hostile}`);
  assert.equal(fields.length, 1);
  assert.equal(fields[0]?.match(/dmarc=/g)?.length, 1);
  assert.doesNotMatch(fields[0] ?? '', /bank/);
});

for (const manner of ['silent', 'garbage'] as const) {
  test(`a DNS server that is ${manner} flags a message, or defers it if asked to`, async () => {
    await using server = await startDnsServer({}, manner);
    const dns = { servers: [server.address], timeout: '200ms' };
    const signed = Buffer.from(await sign(letter));
    const flagged = await runPlugin(authentication, { dns }, signed);
    assert.equal(flagged.verdict?.kind, 'flag');
    assert.equal(
      flagged.verdict?.kind === 'flag' && flagged.verdict.label,
      'authentication-temperror',
    );
    const options = { dns, on_dns_failure: 'tempfail' };
    const deferred = await runPlugin(authentication, options, signed);
    assert.equal(deferred.verdict?.kind, 'tempfail');
  });
}

test('a key is asked for once, whatever the number of messages', async () => {
  await using server = await startDnsServer(keys);
  const options = optionsSchema.parse({ dns: { servers: [server.address] } });
  const instance = await authentication.setup(options, testServices());
  const { signal } = new AbortController();
  const signed = await sign(letter);
  for (let count = 0; count < 3; count += 1) {
    await instance.inspect?.(wholeMessage(signed).viewWhile(wantedUntil(signal)));
  }
  await instance.dispose?.();
  const asked = server.asked.filter((name) => name === 'rsa._domainkey.example.org');
  // Once over UDP, and perhaps once more over TCP.
  assert.ok(asked.length <= 2, asked.join());
});

test('findings count as a score where that is wanted, and what is blocked stays so', async () => {
  const policy = { '_dmarc.example.org': 'v=DMARC1; p=reject' };
  const changed = (await sign(letter)).replace('Dear Bob', 'Dear Eve');
  const records = { ...keys, ...policy };
  assert.equal((await run(changed, { report: 'scores' }, records)).kind, 'score');
  assert.equal((await run(await sign(letter), { report: 'scores' }, records)).kind, 'score');
  const blocked = await run(changed, { report: 'scores', block: ['dmarc-reject'] }, records);
  assert.equal(blocked.kind, 'block');
});

test('verdicts are never reused', async () => {
  const instance = await authentication.setup(optionsSchema.parse({}), testServices());
  assert.equal(instance.cacheKey, undefined);
  await instance.dispose?.();
});

test('a message that was not inspected gets a field that says nothing was checked', async () => {
  const instance = await authentication.setup(
    optionsSchema.parse({ authserv_id: 'postern.example.net' }),
    testServices(),
  );
  const added: string[] = [];
  const edit = { remove: () => 0, add: (_name: string, value: string) => added.push(value) };
  const facts = { ...sampleFacts(0), edit };
  const context = facts as unknown as Parameters<NonNullable<typeof instance.transform>>[0];
  await instance.transform?.(context, async () => {});
  assert.deepEqual(added, ['postern.example.net; none']);
  await instance.dispose?.();
});
