// Several processes behind the same ports: what one of them does, and what becomes of the others.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { mainFile, postern } from '../cli/postern.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import {
  type Child,
  eventually,
  freePort,
  start,
  type TemporaryFolder,
  temporaryFolder,
} from '../helpers/process.ts';
import { account, serveMaildrop } from '../helpers/scripted-maildrop.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../helpers/scripted-upstream.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
let folder: TemporaryFolder;
let upstream: ScriptedUpstream;

before(async () => {
  folder = await temporaryFolder('workers');
  const { certPem, keyPem } = certificates.server;
  await writeFile(join(folder.path, 'server.crt'), certPem);
  await writeFile(join(folder.path, 'server.key'), keyPem, { mode: 0o600 });
  const messages = [1, 2, 3].map((number) => ({
    uidl: `u${number}`,
    content: `Subject: ${number}\r\n\r\nbody ${number}\r\n`,
  }));
  upstream = await startScriptedUpstream(() => serveMaildrop(messages), { limitMs: 60_000 });
});

after(async () => {
  await upstream[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

interface LogLine {
  readonly msg: string;
  readonly worker?: number;
  readonly pid?: number;
  readonly afterMs?: number;
  readonly listeners?: readonly { readonly name: string; readonly port: number }[];
}

class Serving implements AsyncDisposable {
  readonly file: string;
  readonly child: Child;

  private constructor(file: string, child: Child) {
    this.file = file;
    this.child = child;
  }

  static async start(name: string, settings: object = {}): Promise<Serving> {
    const file = join(folder.path, `${name}.yaml`);
    await writeConfig(file, name, settings);
    const child = await start(process.execPath, [mainFile, 'serve', '--config', file]);
    const serving = new Serving(file, child);
    await serving.line('ready');
    return serving;
  }

  get lines(): LogLine[] {
    const whole = this.child.output().split('\n').slice(0, -1);
    return whole.map((line): LogLine => JSON.parse(line));
  }

  linesOf(text: string): LogLine[] {
    return this.lines.filter(({ msg }) => msg === text);
  }

  /** Waits until there are so many of these lines. */
  line(text: string, count = 1): Promise<LogLine[]> {
    return eventually(`the line: ${text}`, () => {
      const found = this.linesOf(text);
      return found.length >= count ? found : undefined;
    });
  }

  port(name = 'plain'): number {
    const listeners = this.linesOf('ready')[0]?.listeners ?? [];
    return listeners.find((each) => each.name === name)?.port ?? 0;
  }

  pidOf(worker: number): number {
    const found = this.linesOf('a worker serves').filter((each) => each.worker === worker);
    return found.at(-1)?.pid ?? 0;
  }

  connect(): Promise<Pop3Client> {
    return Pop3Client.connect({ port: this.port() });
  }

  async session(): Promise<void> {
    const client = await this.connect();
    await client.login(account.user, account.password);
    await client.retrieveAll();
    await client.command('QUIT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.child.exited;
  }
}

async function writeConfig(file: string, name: string, settings: object): Promise<void> {
  const certificate = { cert: './server.crt', key: './server.key' };
  const target = { host: '127.0.0.1', port: upstream.port, tls: 'none' };
  const config = {
    listeners: [
      { name: 'plain', port: 0, tls: 'none' },
      { name: 'secure', port: 0, tls: 'implicit', certificate },
    ],
    routes: [{ name: 'r', upstream: { ...target, allow_plaintext_login: true } }],
    state: { folder: `./${name}-state` },
    quarantine: { folder: `./${name}-quarantine`, key_file: `./${name}.key` },
    workers: 2,
    shutdown: { sessions: '0s' },
    ...settings,
  };
  // JSON is YAML.
  await writeFile(file, JSON.stringify(config));
}

/** That many at a time. */
async function parallel(count: number, atATime: number, work: () => Promise<void>): Promise<void> {
  let left = count;
  const one = async (): Promise<void> => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: atATime }, one));
}

async function metricsOf(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

function sample(page: string, name: string): number {
  return Number(new RegExp(`^${name.replaceAll(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(page)?.[1]);
}

test('two workers serve, and have one log, one page of metrics and one audit trail', async () => {
  const metrics = { port: await freePort() };
  const plugins = [{ use: 'audit-log', options: { file: './two.jsonl' } }];
  await using serving = await Serving.start('two', { metrics, plugins });
  await parallel(120, 12, () => serving.session());
  const ended = await serving.line('session ended', 120);
  assert.deepEqual([...new Set(ended.map(({ worker }) => worker))].sort(), [1, 2]);

  const page = await metricsOf(metrics.port);
  assert.equal(sample(page, 'postern_sessions_total{listener="plain"}'), 120);
  assert.equal(sample(page, 'postern_sessions_open{listener="plain"}'), 0);
  assert.equal(sample(page, 'postern_session_duration_seconds_count{listener="plain"}'), 120);
  assert.equal(sample(page, 'postern_messages_delivered_total{route="r",action="pass"}'), 360);
  assert.equal(sample(page, 'postern_workers'), 2);

  process.kill(serving.pidOf(2), 'SIGKILL');
  await serving.line('a worker serves', 3);
  const later = await metricsOf(metrics.port);
  assert.equal(sample(later, 'postern_sessions_total{listener="plain"}'), 120);
  assert.equal(sample(later, 'postern_worker_restarts_total'), 1);
  await parallel(20, 4, () => serving.session());

  serving.child.kill('SIGTERM');
  assert.deepEqual(await serving.child.exited, { code: 0, signal: undefined });
  assert.equal(serving.lines.at(-1)?.msg, 'stopped');
  const { code, stdout } = await postern(['audit', 'verify', '--config', serving.file]);
  assert.equal(code, 0, stdout.toString());
  const trail = await readFile(join(folder.path, 'two.jsonl'), 'utf8');
  const count = (event: string): number => trail.split(`"event":"${event}"`).length - 1;
  assert.equal(count('sessionOpened'), 140);
  assert.equal(count('messageDelivered'), 420);
  assert.equal(count('sessionEnded'), 140);
});

test('a worker that is killed costs its own sessions only, and nobody is refused', async () => {
  await using serving = await Serving.start('killed', {
    limits: { max_sessions_per_address: 1000 },
  });
  const clients = await Promise.all(Array.from({ length: 40 }, () => serving.connect()));
  let lost = 0;
  for (const client of clients) void client.closed.then(() => lost++);
  const connects = Array.from({ length: 200 }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, index));
    if (index === 50) process.kill(serving.pidOf(1), 'SIGKILL');
    try {
      const client = await serving.connect();
      await client.command('QUIT');
      return 'served';
    } catch (error) {
      return String(error);
    }
  });
  const outcomes = await Promise.all(connects);
  const cut = outcomes.filter((outcome) => outcome !== 'served');
  assert.ok(!cut.some((outcome) => outcome.includes('ECONNREFUSED')), cut.join());
  // Those that the dead one had accepted already.
  assert.ok(cut.length < 60, cut.join());
  await serving.line('a worker has ended and is started again');
  assert.ok(lost > 0 && lost < 40, `${lost} of 40 sessions`);
  await serving.line('a worker serves', 3);
  for (const client of clients) client.destroy();
});

test('limits hold exactly over all workers, and what a dead one held is free again', async () => {
  await using serving = await Serving.start('limits', { limits: { max_sessions_per_address: 9 } });
  const greet = async (): Promise<Pop3Client | undefined> => {
    const client = await serving.connect().catch(() => undefined);
    return client?.greeting.startsWith('+OK') ? client : undefined;
  };
  const open = async (count: number): Promise<Pop3Client[]> => {
    const all = await Promise.all(Array.from({ length: count }, greet));
    return all.filter((client) => client !== undefined);
  };
  /** All that there are, once those of before are free again. */
  const openAll = (): Promise<Pop3Client[]> =>
    eventually('all places', async () => {
      const clients = await open(30);
      assert.ok(clients.length <= 9, `${clients.length} places`);
      if (clients.length === 9) return clients;
      for (const client of clients) client.destroy();
      return undefined;
    });
  for (let round = 0; round < 5; round++) {
    const [first, second, third, ...others] = await openAll();
    for (const client of [first, second, third]) await client?.command('QUIT');
    const more: Pop3Client[] = [];
    await eventually('three places', async () => {
      more.push(...(await open(10)));
      return more.length >= 3 ? true : undefined;
    });
    assert.equal(more.length, 3);
    if (round === 2) {
      process.kill(serving.pidOf(2), 'SIGKILL');
      await serving.line('a worker serves', 3);
    }
    for (const client of [...others, ...more]) client.destroy();
  }
});

test('a changed configuration is taken up by all workers, or by none', async () => {
  await using serving = await Serving.start('reload');
  const greetings = async (): Promise<string[]> => {
    const found = new Set<string>();
    await parallel(30, 6, async () => {
      const client = await serving.connect();
      found.add(client.greeting);
      client.destroy();
    });
    return [...found];
  };
  await using blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const taken = (blocker.address() as AddressInfo).port;
  const listeners = (banner: string, more: readonly object[]): object => ({
    listeners: [{ name: 'plain', port: 0, tls: 'none', banner }, ...more],
  });

  await writeConfig(serving.file, 'reload', listeners('changed', []));
  serving.child.kill('SIGHUP');
  await serving.line('configuration taken up');
  assert.deepEqual(await greetings(), ['+OK changed']);

  const blocked = { name: 'b', port: taken, tls: 'none' };
  await writeConfig(serving.file, 'reload', listeners('refused', [blocked]));
  serving.child.kill('SIGHUP');
  await serving.line('configuration not taken up; the one before stays');
  assert.deepEqual(await greetings(), ['+OK changed']);

  // One that is started later goes on with what was taken up, not with what the file says.
  process.kill(serving.pidOf(1), 'SIGKILL');
  await serving.line('a worker serves', 3);
  assert.deepEqual(await greetings(), ['+OK changed']);
});

test('a session ticket of one worker is good for the other', async () => {
  await using serving = await Serving.start('tickets');
  const port = serving.port('secure');
  const options = { port, host: '127.0.0.1', ca: certificates.caPem, servername: 'localhost' };
  const first = connectTls(options);
  const [session] = (await once(first, 'session')) as [Buffer];
  first.on('error', () => {}).destroy();
  const resumed: boolean[] = [];
  await parallel(40, 8, async () => {
    const socket = connectTls({ ...options, session });
    await once(socket, 'data');
    resumed.push(socket.isSessionReused());
    socket.end('QUIT\r\n');
    await once(socket.resume(), 'close');
  });
  assert.ok(resumed.every(Boolean), resumed.join());
  const ended = await serving.line('session ended', 40);
  assert.ok(new Set(ended.map(({ worker }) => worker)).size === 2, 'both workers have served');
});

test('what keeps a worker from starting is said once', async () => {
  await using blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const { port } = blocker.address() as AddressInfo;
  const file = join(folder.path, 'taken.yaml');
  await writeConfig(file, 'taken', { listeners: [{ name: 'plain', port, tls: 'none' }] });
  const { code, stderr } = await postern(['serve', '--config', file]);
  assert.equal(
    stderr,
    `postern: cannot listen on 127.0.0.1 port ${port}: another program already does\n`,
  );
  assert.equal(code, 1);
});

test('a worker that ends whenever it starts is started less and less often', async () => {
  const flag = join(folder.path, 'ends');
  const source = `import { existsSync } from 'node:fs';
export default { name: 'ends', setup() {
  if (existsSync(${JSON.stringify(flag)})) process.exit(7);
  return {};
} };\n`;
  await writeFile(join(folder.path, 'ends.mjs'), source);
  await using serving = await Serving.start('ends', { plugins: [{ use: './ends.mjs' }] });
  await writeFile(flag, '');
  process.kill(serving.pidOf(1), 'SIGKILL');
  const ended = await serving.line('a worker has ended and is started again', 4);
  assert.deepEqual(
    ended.slice(0, 4).map(({ afterMs }) => afterMs),
    [0, 250, 500, 1000],
  );
  await serving.session();
});

test('when all workers end at once, they are soon back, however often they do', async () => {
  const listeners = [{ name: 'plain', port: await freePort(), tls: 'none' }];
  await using serving = await Serving.start('both', { listeners });
  for (let round = 1; round <= 4; round++) {
    for (const worker of [1, 2]) process.kill(serving.pidOf(worker), 'SIGKILL');
    await serving.line('a worker has ended and is started again', 2 * round);
    await serving.line('a worker serves', 2 + 2 * round);
    await serving.session();
  }
  const delays = serving.linesOf('a worker has ended and is started again');
  assert.ok(delays.some(({ afterMs = 0 }) => afterMs === 1000));
});

test('a worker that ends while it starts keeps all from starting, and that is said', async () => {
  const source = "export default { name: 'exits', setup: () => process.exit(7) };\n";
  await writeFile(join(folder.path, 'exits.mjs'), source);
  const file = join(folder.path, 'exits.yaml');
  await writeConfig(file, 'exits', { plugins: [{ use: './exits.mjs' }] });
  const { code, stderr } = await postern(['serve', '--config', file]);
  assert.equal(stderr, 'postern: a worker ended while it started: code 7\n');
  assert.equal(code, 1);
});

test('workers end when their supervisor is gone', async () => {
  const serving = await Serving.start('orphans');
  const pids = [serving.pidOf(1), serving.pidOf(2)];
  const client = await serving.connect();
  serving.child.kill('SIGKILL');
  await client.closed;
  await eventually('the end of the workers', () => (pids.some(isAlive) ? undefined : true));
});

test('a second signal ends all of them at once', async () => {
  await using silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const connected = once(silent, 'connection');
  const { port } = silent.address() as AddressInfo;
  const target = { host: '127.0.0.1', port, tls: 'none', allow_plaintext_login: true };
  await using serving = await Serving.start('twice', { routes: [{ name: 'r', upstream: target }] });
  const pids = [serving.pidOf(1), serving.pidOf(2)];
  const client = await serving.connect();
  client.send('USER a\r\nPASS b\r\n');
  const [socket] = (await connected) as [Socket];
  serving.child.kill('SIGTERM');
  await serving.line('stopping; a second signal ends at once');
  serving.child.kill('SIGTERM');
  assert.deepEqual(await serving.child.exited, { code: 1, signal: undefined });
  await eventually('the end of the workers', () => (pids.some(isAlive) ? undefined : true));
  socket.destroy();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
