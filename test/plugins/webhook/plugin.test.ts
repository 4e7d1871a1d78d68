import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type {
  MessageView,
  Observation,
  PluginInstance,
  PluginServices,
  Verdict,
} from '#plugin-api';
import webhook from '../../../plugins/webhook/index.ts';
import { optionsSchema } from '../../../plugins/webhook/options.ts';
import { ArrivingMessage } from '../../../src/pipeline/arriving-message.ts';
import { wantedUntil } from '../../../src/pipeline/interest.ts';
import { sampleFacts, spoolOf, testServices } from '../../../src/pipeline/testing.ts';
import { type TemporaryFolder, temporaryFolder } from '../../helpers/process.ts';
import { answering, receiverServer, type Script } from './receiver-server.ts';

let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('webhook');
});

after(async () => {
  await folder[Symbol.asyncDispose]();
});

const letter = Buffer.from(
  [
    'From: =?utf-8?Q?J=C3=BCrgen?= <juergen@example.org>',
    'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'Hello.',
    '--b',
    'Content-Type: application/pdf',
    'Content-Disposition: attachment; filename="a.pdf"',
    '',
    'x',
    '--b--',
    '',
  ].join('\r\n'),
);

function messageOf(content: Buffer): MessageView {
  const spool = spoolOf(content, folder.path);
  const { signal } = new AbortController();
  return new ArrivingMessage(sampleFacts(content.length), spool).viewWhile(wantedUntil(signal));
}

async function setUp(
  options: Readonly<Record<string, unknown>>,
  changes: Partial<PluginServices> = {},
): Promise<PluginInstance> {
  return await webhook.setup(optionsSchema.parse(options), { ...testServices(), ...changes });
}

async function ask(
  script: Script,
  options: Readonly<Record<string, unknown>> = {},
): Promise<{ verdict: Verdict | undefined; asked: Record<string, unknown> }> {
  await using server = await receiverServer(script);
  const plugin = await setUp({ url: server.url, retries: 0, ...options });
  const verdict = await plugin.inspect?.(messageOf(letter));
  return { verdict, asked: JSON.parse(server.asked[0]?.body ?? '{}') };
}

const facts = {
  event: 'messageArrived',
  session: '0123456789abcdef',
  client: '192.0.2.1',
  listener: 'sample',
  user: 'sample',
  route: 'sample',
  upstream: 'pop.example.net',
  upstreamPort: 995,
  number: 1,
  uidl: 'sample-1',
  listedOctets: letter.length,
  octets: letter.length,
  sha256: createHash('sha256').update(letter).digest('hex'),
  subject: 'Grüße',
  from: 'Jürgen <juergen@example.org>',
};

test('the facts of a message are posted, and nothing of its content', async () => {
  const { asked, verdict } = await ask(answering('{"verdict":"pass"}'));
  assert.deepEqual(asked, facts);
  assert.deepEqual(verdict, { kind: 'pass' });
});

test('headers, parts and the message are posted when they are asked for', async () => {
  const options = { include: ['headers', 'parts', 'message'] };
  const { asked } = await ask(answering('{"verdict":"pass"}'), options);
  const { headers, parts, message, ...rest } = asked;
  assert.deepEqual(rest, facts);
  assert.deepEqual(headers, [
    { name: 'From', value: '=?utf-8?Q?J=C3=BCrgen?= <juergen@example.org>' },
    { name: 'Subject', value: '=?utf-8?Q?Gr=C3=BC=C3=9Fe?=' },
    { name: 'Content-Type', value: 'multipart/mixed; boundary=b' },
  ]);
  assert.deepEqual(parts, [
    { path: '1', contentType: 'multipart/mixed', fileNames: [], isContainer: true },
    { path: '1.1', contentType: 'text/plain', fileNames: [], isContainer: false },
    {
      path: '1.2',
      contentType: 'application/pdf',
      fileNames: ['a.pdf'],
      disposition: 'attachment',
      isContainer: false,
    },
  ]);
  assert.equal(message, letter.toString('base64'));
});

test('a message above max_message is posted without its octets', async () => {
  const exact = { include: ['message'], max_message: `${letter.length}B` };
  const { asked: kept } = await ask(answering('{"verdict":"pass"}'), exact);
  assert.equal(kept['message'], letter.toString('base64'));
  const less = { include: ['message'], max_message: `${letter.length - 1}B` };
  const { asked } = await ask(answering('{"verdict":"pass"}'), less);
  assert.deepEqual(asked, facts);
});

const answers: readonly (readonly [string, Verdict])[] = [
  ['{"verdict":"pass"}', { kind: 'pass' }],
  ['{"verdict":"flag","label":"odd"}', { kind: 'flag', label: 'odd' }],
  [
    '{"verdict":"flag","label":"odd","evidence":"at night"}',
    { kind: 'flag', label: 'odd', evidence: 'at night' },
  ],
  [
    '{"verdict":"block","finding":"listed","explanation":"It is listed.","paths":["1.2"]}',
    { kind: 'block', finding: 'listed', explanation: 'It is listed.', paths: ['1.2'] },
  ],
  ['{"verdict":"tempfail","reason":"loading"}', { kind: 'tempfail', reason: 'loading' }],
  [
    '{"verdict":"tempfail"}',
    { kind: 'tempfail', reason: 'the receiver cannot judge the message now' },
  ],
];

for (const [body, expected] of answers) {
  test(`the answer ${body} is a verdict`, async () => {
    assert.deepEqual((await ask(answering(body))).verdict, expected);
  });
}

const garbage = [
  '',
  'null',
  '[]',
  '{}',
  'pass',
  '<html>502</html>',
  '{"verdict":"PASS"}',
  '{"verdict":"pass"',
  '{"verdict":"pass","lable":"x"}',
  '{"verdict":"flag"}',
  '{"verdict":"flag","label":""}',
  '{"verdict":"flag","label":"a b"}',
  '{"verdict":"flag","label":"a\\r\\nBcc: x"}',
  '{"verdict":"block"}',
  '{"verdict":"block","finding":"x","explanation":"a\\u0000b"}',
  '{"verdict":"block","finding":"x","paths":[]}',
  '{"verdict":"block","finding":"x","paths":["../1"]}',
  `{"verdict":"block","finding":"${'x'.repeat(101)}"}`,
];

for (const body of garbage) {
  test(`the answer ${JSON.stringify(body.slice(0, 60))} is a failure`, async () => {
    await assert.rejects(ask(answering(body)), /the answer is not (?:a verdict|JSON)/);
  });
}

test('secrets are read from files beside the configuration', async () => {
  await writeFile(join(folder.path, 'token'), 'token-12345\n');
  await writeFile(join(folder.path, 'key'), 'key-67890\r\n');
  await using server = await receiverServer(answering('{"verdict":"pass"}'));
  const plugin = await setUp(
    { url: server.url, bearer_file: 'token', hmac_file: './key' },
    { resolvePath: (path) => join(folder.path, path) },
  );
  await plugin.inspect?.(messageOf(letter));
  assert.equal(server.asked[0]?.headers.authorization, 'Bearer token-12345');
  assert.match(String(server.asked[0]?.headers['x-postern-signature']), /^sha256=[0-9a-f]{64}$/);
});

test('a secret that is missing, short or of several lines is refused at set-up', async () => {
  const url = 'https://example.org/';
  const file = join(folder.path, 'bad');
  await assert.rejects(setUp({ url, hmac_file: file }), { code: 'ENOENT' });
  for (const text of ['', 'short', 'two words', 'first line\nsecond line\n']) {
    await writeFile(file, text);
    await assert.rejects(setUp({ url, bearer_file: file }), /expected a secret of 8 printable/);
  }
});

const session = {
  id: 's1',
  client: { address: '192.0.2.1', port: 4711, listener: 'main', tls: undefined },
};
const opened: Observation = { kind: 'sessionOpened', session };
const ended: Observation = {
  kind: 'sessionEnded',
  session,
  user: 'ann',
  reason: 'quit',
  deleted: ['u1'],
  durationMs: 12.3,
};

test('events that were chosen are reported in order, the last ones when the plugin is disposed', async () => {
  await using server = await receiverServer(answering(''));
  const plugin = await setUp({ url: server.url, mode: 'observe', events: ['sessionEnded'] });
  await plugin.observe?.(opened);
  await plugin.observe?.(ended);
  await plugin.dispose?.();
  const { events } = JSON.parse(server.asked[0]?.body ?? '{}');
  assert.equal(events.length, 1);
  const { time, ...rest } = events[0];
  assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(rest, {
    event: 'sessionEnded',
    session: 's1',
    client: '192.0.2.1',
    listener: 'main',
    user: 'ann',
    reason: 'quit',
    deleted: ['u1'],
    durationMs: 12,
  });
});

test('who has taught what is reported, without a session', async () => {
  await using server = await receiverServer(answering(''));
  const plugin = await setUp({ url: server.url, mode: 'observe' });
  await plugin.observe?.({
    kind: 'lessonGiven',
    account: { user: 'ann', upstreamHost: 'pop.example.net' },
    as: 'block',
    weight: 'correction',
    source: 'link',
    uidl: 'u1',
    octets: 7,
    sha256: '9f86',
    outcomes: [{ plugin: 'p', outcome: { kind: 'unchanged', reason: 'listed' } }],
  });
  await plugin.dispose?.();
  const { time: _, ...rest } = JSON.parse(server.asked[0]?.body ?? '{}').events[0];
  assert.deepEqual(rest, {
    event: 'lessonGiven',
    user: 'ann',
    server: 'pop.example.net',
    as: 'block',
    weight: 'correction',
    source: 'link',
    uidl: 'u1',
    octets: 7,
    sha256: '9f86',
    outcomes: [{ plugin: 'p', kind: 'unchanged', reason: 'listed' }],
  });
});

test('an event never waits for the receiver, and is counted when it is lost', async () => {
  await using server = await receiverServer(answering('', 500));
  let dropped = 0;
  const { metrics } = testServices();
  const counter = (name: string) => {
    assert.equal(name, 'events_dropped_total');
    return {
      add(count = 1) {
        dropped += count;
      },
    };
  };
  const options = { url: server.url, mode: 'observe', retries: 0 };
  const plugin = await setUp(options, { metrics: { ...metrics, counter } });
  await plugin.observe?.(opened);
  await plugin.observe?.(ended);
  assert.equal(server.asked.length, 0);
  await plugin.dispose?.();
  assert.equal(dropped, 2);
});

const urls: readonly (readonly [string, object, boolean])[] = [
  ['https://scan.example.org/a?b=c', {}, true],
  ['http://127.0.0.1:8080/', {}, true],
  ['http://127.1/', {}, true],
  ['http://[::1]:80/', {}, true],
  ['http://localhost:80/', {}, true],
  ['http://scan.example.org/', { allow_http: true }, true],
  ['http://scan.example.org/', {}, false],
  ['http://127.0.0.1.example.org/', {}, false],
  ['http://localhost.example.org/', {}, false],
  ['http://10.0.0.1/', {}, false],
  ['https://user:password@scan.example.org/', {}, false],
  ['file:///etc/passwd', { allow_http: true }, false],
  ['scan.example.org', {}, false],
  ['', {}, false],
];

for (const [url, options, isAccepted] of urls) {
  const about = JSON.stringify(options);
  test(`the URL '${url}' with ${about} is ${isAccepted ? 'accepted' : 'refused'}`, () => {
    const result = optionsSchema.safeParse({ url, ...options });
    assert.equal(result.success, isAccepted);
    if (!result.success) assert.deepEqual(result.error.issues[0]?.path, ['url']);
  });
}
