import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { run } from './helpers/process.ts';
import { makeTestCertificates } from './helpers/test-certificates.ts';

const root = join(import.meta.dirname, '..');
const content = readFileSync(join(root, 'Dockerfile'), 'utf8');

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** Comments away, continued lines joined. */
function instructionsOf(dockerfile: string): Instruction[] {
  return dockerfile
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...rest] = line.trim().split(/\s+/);
      return { name: name.toUpperCase(), text: rest.join(' ') };
    });
}

const instructions = instructionsOf(content);
const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));

function textsOf(name: string, from: readonly Instruction[] = instructions): string[] {
  return from.filter((each) => each.name === name).map(({ text }) => text);
}

/** Sources of the COPY instructions that come from the context and not from another stage. */
function copiedFromContext(): string[] {
  return textsOf('COPY')
    .filter((text) => !text.startsWith('--from='))
    .flatMap((text) => text.split(' ').slice(0, -1));
}

test('the image has a named version of its base and never "latest"', () => {
  const bases = textsOf('FROM');
  assert(bases.length >= 2);
  for (const base of bases) {
    assert.match(base, /^node:\$\{NODE_VERSION\}-[a-z]+-slim(?: AS \w+)?$/);
  }
  const version = /^NODE_VERSION=(\d+)$/.exec(textsOf('ARG')[0] ?? '')?.[1];
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.equal(engines.node, `>=${version}`);
});

test('the image does not run as root', () => {
  const users = textsOf('USER', lastStage);
  assert.equal(users.length, 1);
  assert.match(users[0] ?? '', /^[1-9]\d*:[1-9]\d*$/);
  const afterUser = lastStage.slice(lastStage.findIndex(({ name }) => name === 'USER'));
  assert.deepEqual(textsOf('RUN', afterUser), []);
});

test('what is copied exists, and .dockerignore lets it through', () => {
  const sources = copiedFromContext();
  assert(sources.length >= 5);
  const rules = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  assert(rules.includes('*'));
  for (const source of sources) {
    assert(existsSync(join(root, source)), source);
    assert(rules.includes(`!${source}`), source);
  }
});

test('the build has every file that its commands need', () => {
  const sources = copiedFromContext();
  const build = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8'));
  for (const needed of ['tsconfig.json', 'tsconfig.build.json', 'build.ts', ...build.include]) {
    assert(sources.includes(needed), needed);
  }
});

test('the program that is started is the one that the package has', () => {
  const [entry = ''] = textsOf('ENTRYPOINT', lastStage);
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.deepEqual(JSON.parse(entry), ['node', `/app/${bin.postern}`]);
  assert.deepEqual(textsOf('STOPSIGNAL'), ['SIGTERM']);
});

const require = createRequire(import.meta.url);
const linter = 'dockerfile-utils';

interface Linter {
  validate(dockerfile: string): readonly { readonly message: string }[];
}

/** Undefined where the linter is not installed. */
function maybeLinter(): Linter | undefined {
  try {
    return require(linter);
  } catch {
    return undefined;
  }
}

test('the linter has no complaint', (context) => {
  const found = maybeLinter();
  if (found === undefined) return context.skip(`${linter} is not installed`);
  assert.deepEqual(found.validate(content), []);
  assert.equal(found.validate(`${content}HEALTHCHEK NONE\n`).length, 1);
});

/** The command of HEALTHCHECK, as Docker reads its exec form. */
function healthCommand(): string[] {
  const [text = ''] = textsOf('HEALTHCHECK', lastStage);
  return JSON.parse(text.slice(text.indexOf('CMD') + 'CMD'.length));
}

async function health(server: Server, environment: Record<string, string>): Promise<unknown> {
  const [program, ...args] = healthCommand();
  assert.equal(program, 'node');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  const env = { POSTERN_HEALTH_PORT: String(address.port), NODE_OPTIONS: '', ...environment };
  const { code } = await run(process.execPath, args, { env });
  server.close();
  return code;
}

for (const { greeting, code } of [
  { greeting: '+OK Postern ready\r\n', code: 0 },
  { greeting: '-ERR [SYS/TEMP] too many sessions, try again later\r\n', code: 1 },
  { greeting: 'SSH-2.0-x\r\n', code: 1 },
]) {
  test(`the health check ends with ${code} for ${JSON.stringify(greeting)}`, async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end());
      socket.write(greeting);
    });
    assert.equal(await health(server, {}), code);
  });
}

test('the health check speaks TLS where it is told to', async () => {
  const { certPem, keyPem } = makeTestCertificates().server;
  const server = createTlsServer({ cert: certPem, key: keyPem }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end());
    socket.write('+OK Postern ready\r\n');
  });
  assert.equal(await health(server, { POSTERN_HEALTH_TLS: '1' }), 0);
});

test('the health check fails when nobody listens', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  await new Promise((resolve) => server.close(resolve));
  const [, ...args] = healthCommand();
  const env = { POSTERN_HEALTH_PORT: String(address.port), NODE_OPTIONS: '' };
  assert.equal((await run(process.execPath, args, { env })).code, 1);
});
