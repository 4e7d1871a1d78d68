import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { CliError } from '../../src/cli/failure.ts';
import { type InitFlags, type InitTools, initialise } from '../../src/cli/initialise.ts';
import type { ProbeRequest, ProbeResult } from '../../src/cli/probe.ts';
import type { Questions } from '../../src/cli/questions.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { temporaryFolder } from '../helpers/process.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

/** Answers in order; an empty answer takes what is offered. Fails on a question too many. */
function answering(...answers: readonly string[]): Questions {
  const left = [...answers];
  const next = (text: string): string => {
    const answer = left.shift();
    assert(answer !== undefined, `unexpected question: ${text}`);
    return answer;
  };
  return {
    async ask(text, options) {
      for (;;) {
        const answer = next(text) || (options?.fallback ?? '');
        if (options?.check?.(answer) === undefined) return answer;
      }
    },
    confirm: async (text) => next(text) === 'y',
  };
}

interface Outcome {
  readonly config: Config;
  readonly text: string;
  readonly printed: string;
}

function reaching(...places: readonly string[]): InitTools['probe'] {
  return async ({ host, port, tls }: ProbeRequest): Promise<ProbeResult> =>
    places.includes(`${host}:${port}/${tls}`)
      ? { kind: 'reached', greeting: 'hello', capabilities: undefined, tls: undefined }
      : { kind: 'failed', step: 'connect', reason: 'nobody there', code: undefined };
}

async function initialising(
  flags: Partial<InitFlags>,
  tools: Partial<InitTools>,
  existing?: string,
): Promise<Outcome> {
  await using folder = await temporaryFolder('init');
  const output = join(folder.path, 'postern.yaml');
  if (existing !== undefined) await writeFile(output, existing);
  const printed: string[] = [];
  const ca = flags.ca === undefined ? {} : { ca: join(folder.path, 'ca.pem') };
  if (flags.ca !== undefined) await writeFile(join(folder.path, 'ca.pem'), flags.ca);
  try {
    await initialise(
      { output, probe: true, ...flags, ...ca },
      {
        questions: undefined,
        probe: reaching(),
        print: (line) => printed.push(line),
        clamdSockets: [],
        ...tools,
      },
    );
  } catch (error) {
    const kept = await readFile(output, 'utf8').catch(() => undefined);
    assert.equal(kept, existing, 'a failure leaves files as they were');
    throw error;
  }
  const { config } = await loadConfig(output, {});
  return { config, text: await readFile(output, 'utf8'), printed: printed.join('\n') };
}

test('without questions, a host is enough', async () => {
  const { config, printed } = await initialising(
    { host: 'pop.example.net' },
    { probe: reaching('pop.example.net:995/implicit') },
  );
  const [listener] = config.listeners;
  assert.deepEqual([listener?.address, listener?.port, listener?.tls], ['127.0.0.1', 1110, 'none']);
  const { host, port, tls } = config.routes[0]?.upstream ?? {};
  assert.deepEqual([host, port, tls], ['pop.example.net', 995, 'implicit']);
  assert.match(printed, /Server: +127\.0\.0\.1\n +Port: +1110\n +Encryption: +none/);
  assert.match(printed, /postern serve --config/);
});

test('without a probe nothing is connected to', async () => {
  const { config } = await initialising(
    { host: 'pop.example.net', tls: 'stls', probe: false, listen: '[::1]:2110', clientTls: 'stls' },
    { probe: () => assert.fail('probed') },
  );
  const [listener] = config.listeners;
  assert.deepEqual([listener?.address, listener?.port, listener?.tls], ['::1', 2110, 'stls']);
  assert.equal(config.routes[0]?.upstream.port, 110);
});

test('the few questions lead from a mail address to a configuration', async () => {
  const { config, printed } = await initialising(
    {},
    {
      questions: answering('me@example.net', 'imap', 'implicit', 'nowhere', ''),
      probe: reaching('mail.example.net:995/implicit'),
    },
  );
  assert.equal(config.routes[0]?.upstream.host, 'mail.example.net');
  const [listener] = config.listeners;
  assert.deepEqual([listener?.port, listener?.tls], [1995, 'implicit']);
  assert.match(printed, /Encryption: +SSL\/TLS/);
});

test('private authorities are named in the configuration', async () => {
  const { caPem } = makeTestCertificates();
  const { config } = await initialising(
    { host: 'pop.example.net', ca: caPem },
    { probe: reaching('pop.example.net:995/implicit') },
  );
  assert.match(config.routes[0]?.upstream.caFile ?? '', /ca\.pem$/);
});

test('a server without encryption is taken only after a clear yes', async () => {
  const probe = reaching('a.example:110/none');
  const questions = answering('y', '', '');
  const { config } = await initialising({ host: 'a.example' }, { probe, questions });
  assert.equal(config.routes[0]?.upstream.allowPlaintextLogin, true);

  const declining = { probe, questions: answering('n') };
  await assert.rejects(initialising({ host: 'a.example' }, declining), CliError);
  await assert.rejects(initialising({ host: 'a.example' }, { probe }), CliError);
  await initialising({ host: 'a.example', tls: 'none' }, { probe });
});

test('a file that exists is overwritten only after a clear yes', async () => {
  const flags = { host: 'a.example', probe: false, listen: '127.0.0.1:1110' } as const;
  const clientTls = 'none';
  const yes = { questions: answering('y') };
  const { text } = await initialising({ ...flags, clientTls }, yes, 'mine\n');
  assert.match(text, /listeners:/);
  const no = { questions: answering('n') };
  await assert.rejects(initialising({ ...flags, clientTls }, no, 'mine\n'), CliError);
  await assert.rejects(initialising({ ...flags, clientTls }, {}, 'mine\n'), CliError);
});

test('a scanner that listens on this machine is put into the chain', async () => {
  await using folder = await temporaryFolder('clamd');
  const socket = join(folder.path, 'clamd.ctl');
  await using server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const { config } = await initialising(
    { host: 'a.example', probe: false },
    { clamdSockets: [join(folder.path, 'absent'), socket] },
  );
  const clamav = config.plugins.find((plugin) => plugin.use === 'clamav');
  assert.deepEqual(clamav?.options, { socket });
});

test('a plain listener for other machines is warned of', async () => {
  const flags = { host: 'a.example', probe: false, clientTls: 'none' } as const;
  const open = await initialising({ ...flags, listen: '0.0.0.0:110' }, {});
  assert.match(open.printed, /Note: .*unencrypted/);
  const local = await initialising({ ...flags, listen: '127.0.0.1:110' }, {});
  assert.doesNotMatch(local.printed, /Note: this listener/);
});

const refused: readonly (readonly [what: string, flags: Partial<InitFlags>, text: RegExp])[] = [
  ['no host without questions', {}, /--host is needed/],
  [
    'a server that does not answer',
    { host: 'a.example' },
    /no POP3 server answered for a\.example/,
  ],
  ['a port that is none', { host: 'a.example', port: '99999' }, /expected a port from 1 to 65535/],
  [
    'a listener without a port',
    { host: 'a.example', probe: false, listen: '127.0.0.1' },
    /expected address:port/,
  ],
  [
    'a listener on a name',
    { host: 'a.example', probe: false, listen: 'localhost:110' },
    /expected address:port/,
  ],
];

for (const [what, flags, text] of refused) {
  test(`${what} is refused, and nothing is written`, async () => {
    await assert.rejects(initialising(flags, {}), text);
  });
}

test('a host that is no host ends as a problem of the configuration', async () => {
  await assert.rejects(initialising({ host: 'a b"\n', probe: false }, {}), /expected a host name/);
});
