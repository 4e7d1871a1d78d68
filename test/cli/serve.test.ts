import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  type Child,
  eventually,
  start,
  type TemporaryFolder,
  temporaryFolder,
} from '../helpers/process.ts';
import { mainFile, postern, stackTrace } from './postern.ts';

let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('serve');
});

after(() => folder[Symbol.asyncDispose]());

async function configFile(name: string, port: number, upstreamPort = 9): Promise<string> {
  const file = join(folder.path, name);
  await writeFile(
    file,
    `listeners: [{name: local, port: ${port}, tls: none}]
routes: [{name: default, upstream: {host: 127.0.0.1, port: ${upstreamPort}, tls: none, allow_plaintext_login: true}}]
`,
  );
  return file;
}

async function startServing(file: string): Promise<Child> {
  const child = await start(process.execPath, [mainFile, 'serve', '--config', file]);
  await eventually('the line that says ready', () =>
    child.output().includes('"msg":"ready"') ? true : undefined,
  );
  return child;
}

interface LogLine {
  readonly msg: string;
  readonly listeners?: readonly { readonly name: string; readonly port: number }[];
}

function logLines(child: Child): LogLine[] {
  const lines = child.output().trimEnd().split('\n');
  return lines.map((line): LogLine => JSON.parse(line));
}

function listeningPort(child: Child): number {
  const ready = logLines(child).find((line) => line.msg === 'ready');
  return ready?.listeners?.find(({ name }) => name === 'local')?.port ?? 0;
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`serve logs that it is ready and ends with code 0 after ${signal}`, async () => {
    const child = await startServing(await configFile(`${signal}.yaml`, 0));
    child.kill(signal);
    assert.deepEqual(await child.exited, { code: 0, signal: undefined });
    assert.equal(logLines(child).at(-1)?.msg, 'stopped');
    assert(listeningPort(child) > 0);
  });
}

test('passwords that go upstream unencrypted are warned of', async () => {
  const child = await startServing(await configFile('warn.yaml', 0));
  child.kill('SIGTERM');
  await child.exited;
  assert.match(child.output(), /"level":"warn".*"msg":"passwords go upstream unencrypted"/);
});

test('a port that is taken is one line and exit code 1', async () => {
  await using server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await postern([
    'serve',
    '--config',
    await configFile('taken.yaml', port),
  ]);
  assert.equal(
    stderr,
    `postern: cannot listen on 127.0.0.1 port ${port}: another program already does\n`,
  );
  assert.doesNotMatch(stderr, stackTrace);
  assert.equal(code, 1);
});

test('a second signal ends at once, whatever still runs', async () => {
  // Accepts and never greets, so that a login is under way for as long as the test needs.
  await using upstream = createServer();
  await new Promise<void>((resolve) => upstream.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const connected = once(upstream, 'connection');
  const { port: upstreamPort } = upstream.address() as AddressInfo;
  const child = await startServing(await configFile('twice.yaml', 0, upstreamPort));
  const port = listeningPort(child);
  const client = connect({ host: '127.0.0.1', port });
  client.on('error', () => {});
  client.write('USER a\r\nPASS b\r\n');
  const [socket] = (await connected) as [Socket];

  child.kill('SIGTERM');
  await eventually('the line that says stopping', () =>
    child.output().includes('a second signal') ? true : undefined,
  );
  child.kill('SIGTERM');
  assert.deepEqual(await child.exited, { code: 1, signal: undefined });
  assert.doesNotMatch(child.output(), /"msg":"stopped"/);
  client.destroy();
  socket.destroy();
});

test('an error that a plugin throws in a timer is logged, and serving goes on', async () => {
  const file = await configFile('stray.yaml', 0);
  const source = `export default { name: 'stray', setup() {
    setTimeout(() => { throw new Error('thrown in a timer'); }, 50);
    setTimeout(() => { Promise.reject(new Error('rejected for nobody')); }, 50);
    return {};
  } };\n`;
  await writeFile(join(folder.path, 'stray.mjs'), source);
  await appendFile(file, 'plugins: [{use: ./stray.mjs}]\n');
  const child = await startServing(file);
  await eventually('both errors in the log', () => {
    const output = child.output();
    const isLogged = /thrown in a timer/.test(output) && /rejected for nobody/.test(output);
    return isLogged ? true : undefined;
  });
  const socket = connect(listeningPort(child), '127.0.0.1');
  const [greeting] = await once(socket, 'data');
  assert.match(String(greeting), /^\+OK/);
  socket.destroy();
  child.kill('SIGTERM');
  assert.equal((await child.exited).code, 0);
});

/** The line with that text that is written next. */
async function nextLine(child: Child, text: string, before: number): Promise<void> {
  await eventually(`the line: ${text}`, () =>
    logLines(child).filter(({ msg }) => msg.startsWith(text)).length > before ? true : undefined,
  );
}

async function greeting(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  const [octets] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return octets.toString('latin1');
}

test('SIGHUP takes up a changed file; a bad one changes nothing and says why', async () => {
  const file = await configFile('hangup.yaml', 0);
  const good = await readFile(file, 'utf8');
  const child = await startServing(file);
  const port = listeningPort(child);
  await writeFile(file, good.replace('tls: none}]', 'tls: none, banner: changed}]'));
  child.kill('SIGHUP');
  await nextLine(child, 'configuration taken up', 0);
  assert.equal(await greeting(port), '+OK changed\r\n');
  await writeFile(file, `${good}nonsense: 1\n`);
  child.kill('SIGHUP');
  await nextLine(child, 'configuration not taken up', 0);
  assert.match(child.output(), /hangup\.yaml:3:1: nonsense: /);
  assert.equal(await greeting(port), '+OK changed\r\n');
  child.kill('SIGTERM');
  assert.deepEqual(await child.exited, { code: 0, signal: undefined });
});

test('a file that is written or moved into place is taken up by itself where asked for', async () => {
  const file = await configFile('watched.yaml', 0);
  const text = `${await readFile(file, 'utf8')}reload: {on_change: true}\n`;
  await writeFile(file, text);
  const child = await startServing(file);
  const port = listeningPort(child);
  const withBanner = (banner: string): string =>
    text.replace('tls: none}]', `tls: none, banner: ${banner}}]`);
  await writeFile(file, withBanner('written'));
  await nextLine(child, 'configuration taken up', 0);
  assert.equal(await greeting(port), '+OK written\r\n');
  await writeFile(`${file}.new`, withBanner('moved'));
  await rename(`${file}.new`, file);
  await nextLine(child, 'configuration taken up', 1);
  assert.equal(await greeting(port), '+OK moved\r\n');
  child.kill('SIGTERM');
  await child.exited;
});
