import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type RunningApp, startApp } from '../../src/app/start-app.ts';
import { silentLogger } from '../../src/base/log.ts';
import { readConfig } from '../../src/config/load.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { freePort, type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';

let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('reload');
  await writeFile(join(folder.path, 'watching.mjs'), watching);
});

after(() => folder[Symbol.asyncDispose]());

/** Tells by its greeting which options it runs with, and when it is over. */
const watching = `import { writeFileSync } from 'node:fs';
import { z } from 'postern/plugin-api';
export default {
  name: 'watching',
  options: z.strictObject({ word: z.string(), over: z.string() }),
  setup: ({ word, over }, { resolvePath }) => ({
    async admit(context, next) { context.denyLogin(word); await next(); },
    async dispose() { writeFileSync(resolvePath(over), word); },
  }),
};
`;

interface ListenerSettings {
  readonly name: string;
  readonly port: number;
  readonly banner?: string;
}

async function load(listeners: readonly ListenerSettings[], more: object = {}) {
  const text = JSON.stringify({
    shutdown: { sessions: '0s' },
    listeners: listeners.map((each) => ({ tls: 'none', ...each })),
    routes: [{ name: 'r', upstream: { host: '127.0.0.1', port: 9 } }],
    ...more,
  });
  return readConfig(text, join(folder.path, 'postern.yaml'));
}

async function greetingOf(port: number): Promise<string> {
  const client = await Pop3Client.connect({ port });
  const { greeting } = client;
  client.destroy();
  return greeting;
}

function portOf(app: RunningApp, name: string): number {
  const found = app.listeners.find((listener) => listener.name === name);
  assert.ok(found !== undefined, `there is a listener ${name}`);
  return found.port;
}

async function refuses(port: number): Promise<void> {
  await assert.rejects(Pop3Client.connect({ port }));
}

test('listeners come, stay with their socket and new settings, and go', async () => {
  const app = await startApp(
    await load([
      { name: 'a', port: 0 },
      { name: 'b', port: 0 },
    ]),
    {
      log: silentLogger,
    },
  );
  try {
    const [a, b] = [portOf(app, 'a'), portOf(app, 'b')];
    const inside = await Pop3Client.connect({ port: b });
    await app.reload(
      await load([
        { name: 'a', port: 0, banner: 'changed' },
        { name: 'c', port: 0 },
      ]),
    );
    assert.equal(portOf(app, 'a'), a);
    assert.match(await greetingOf(a), /changed/);
    assert.match(await greetingOf(portOf(app, 'c')), /ready/);
    await refuses(b);
    assert.match(await inside.command('CAPA'), /^\+OK/, 'a session that was there goes on');
    inside.destroy();
  } finally {
    await app.stop();
  }
});

test('a listener that cannot be opened leaves everything as it was', async () => {
  const taken = await freePort();
  const blocker = await startApp(await load([{ name: 'x', port: taken }]), { log: silentLogger });
  const elsewhere = { quarantine: { folder: './other' }, state: { folder: './other-state' } };
  const app = await startApp(await load([{ name: 'a', port: 0 }], elsewhere), {
    log: silentLogger,
  });
  try {
    const a = portOf(app, 'a');
    const next = [
      { name: 'a', port: 0, banner: 'changed' },
      { name: 'b', port: 0 },
      { name: 'c', port: taken },
    ];
    await assert.rejects(app.reload(await load(next, elsewhere)), { code: 'LISTEN_FAILED' });
    assert.deepEqual(
      app.listeners.map(({ name }) => name),
      ['a'],
    );
    assert.match(await greetingOf(a), /ready/);
  } finally {
    await app.stop();
    await blocker.stop();
  }
});

test('a plugin ends when the last session that began with it is over', async () => {
  const plugin = (word: string) => ({
    plugins: [{ use: './watching.mjs', options: { word, over: `${word}.over` } }],
  });
  const app = await startApp(await load([{ name: 'a', port: 0 }], plugin('first')), {
    log: silentLogger,
  });
  const isOver = async (word: string): Promise<boolean> => {
    const { access } = await import('node:fs/promises');
    return access(join(folder.path, `${word}.over`)).then(
      () => true,
      () => false,
    );
  };
  try {
    const port = portOf(app, 'a');
    const inside = await Pop3Client.connect({ port });
    await app.reload(await load([{ name: 'a', port: 0 }], plugin('second')));
    assert.match(await inside.command('USER x'), /first/);
    assert.equal(await isOver('first'), false);
    const later = await Pop3Client.connect({ port });
    assert.match(await later.command('USER x'), /second/);
    later.destroy();
    await inside.command('QUIT');
    await inside.closed;
    for (let step = 0; step < 500 && !(await isOver('first')); step++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(await isOver('first'), true);
    assert.equal(await isOver('second'), false);
  } finally {
    await app.stop();
  }
  assert.equal(await isOver('second'), true);
});

test('settings that need a new start are named', async () => {
  const log = recordingLogger();
  const app = await startApp(await load([{ name: 'a', port: 0 }]), { log });
  try {
    const changes = { limits: { memory_total: '1MB' }, log: { level: 'debug' } };
    await app.reload(await load([{ name: 'a', port: 0 }], changes));
    const said = log.lines.find(({ text }) => text.includes('next start'));
    assert.deepEqual(said?.fields, { keys: ['log', 'limits.memory_total'] });
  } finally {
    await app.stop();
  }
});

test('the page of metrics tells of sessions and of its health', async () => {
  const metrics = { metrics: { port: 0 } };
  const app = await startApp(await load([{ name: 'a', port: 0 }], metrics), { log: silentLogger });
  try {
    await greetingOf(portOf(app, 'a'));
    const page = await fetch(`http://127.0.0.1:${app.metricsPort}/metrics`);
    assert.match(await page.text(), /^postern_sessions_total\{listener="a"\} 1$/m);
    const health = await fetch(`http://127.0.0.1:${app.metricsPort}/health`);
    assert.equal(health.status, 200);
  } finally {
    await app.stop();
  }
});

test('a change that never comes to its end holds up neither the proxy nor its end', async () => {
  await writeFile(
    join(folder.path, 'endless.mjs'),
    `export default { name: 'endless', setup: () => new Promise(() => {}) };\n`,
  );
  const app = await startApp(await load([{ name: 'a', port: 0 }]), { log: silentLogger });
  const change = app.reload(
    await load([{ name: 'a', port: 0 }], { plugins: [{ use: './endless.mjs' }] }),
  );
  change.catch(() => {});
  assert.match(await greetingOf(portOf(app, 'a')), /ready/);
  await app.stop();
});

test('a proxy is stopped once, however often it is asked to', async () => {
  await writeFile(
    join(folder.path, 'counting.mjs'),
    `import { appendFileSync } from 'node:fs';
export default {
  name: 'counting',
  setup: (_options, { resolvePath }) => ({
    async dispose() { appendFileSync(resolvePath('disposed'), 'x'); },
  }),
};
`,
  );
  const plugins = { plugins: [{ use: './counting.mjs' }] };
  const app = await startApp(await load([{ name: 'a', port: 0 }], plugins), { log: silentLogger });
  await Promise.all([app.stop(), app.stop()]);
  await app.stop();
  assert.equal(await readFile(join(folder.path, 'disposed'), 'utf8'), 'x');
});

test('when the memory of sizes cannot be opened, no plugin is set up in vain', async () => {
  await mkdir(join(folder.path, 'broken', 'sizes.db'), { recursive: true });
  await writeFile(
    join(folder.path, 'eager.mjs'),
    `import { writeFileSync } from 'node:fs';
export default {
  name: 'eager',
  setup: (_options, { resolvePath }) => {
    writeFileSync(resolvePath('set-up'), '');
    return { inspect: async () => ({ kind: 'pass' }) };
  },
};
`,
  );
  const elsewhere = { quarantine: { folder: './third' }, state: { folder: './broken' } };
  const app = await startApp(await load([{ name: 'a', port: 0 }], elsewhere), {
    log: silentLogger,
  });
  try {
    const plugins = [{ use: './eager.mjs' }];
    const change = app.reload(await load([{ name: 'a', port: 0 }], { ...elsewhere, plugins }));
    await assert.rejects(change, { code: 'STORE_UNUSABLE' });
    await assert.rejects(readFile(join(folder.path, 'set-up')), { code: 'ENOENT' });
    assert.match(await greetingOf(portOf(app, 'a')), /ready/);
  } finally {
    await app.stop();
  }
});
