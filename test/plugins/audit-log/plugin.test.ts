import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type PluginInstance, type PluginServices, z } from '#plugin-api';
import auditLog from '../../../plugins/audit-log/index.ts';
import {
  type AuditLogOptions,
  eventNames,
  optionsSchema,
} from '../../../plugins/audit-log/options.ts';
import { isSealed } from '../../../src/base/hash-chain.ts';
import { testServices } from '../../../src/pipeline/testing.ts';
import { run } from '../../helpers/process.ts';
import { judged, observations } from './observations.ts';

async function setUp(t: TestContext, options: object) {
  const folder = await mkdtemp(join(tmpdir(), 'postern-audit-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const parsed = optionsSchema.parse({ file: './audit.jsonl', ...options });
  const resolvePath = (path: string): string => join(folder, path);
  const instance = await setUpWith(parsed, { ...testServices(), resolvePath });
  return { folder, instance, read: () => readFile(join(folder, 'audit.jsonl'), 'utf8') };
}

/** In one process, with the trail in the same. */
async function setUpWith(
  options: AuditLogOptions,
  services: PluginServices,
): Promise<PluginInstance> {
  const part = await auditLog.central?.(options, services);
  assert.ok(part !== undefined);
  const central = (request: string): Promise<void> => part.handle(request);
  const instance = await auditLog.setup(options, { ...services, central });
  return { ...instance, dispose: async () => part.dispose?.() };
}

function eventsIn(text: string): unknown[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).event);
}

for (const sync of [false, true]) {
  test(`every event is recorded in order (sync: ${sync})`, async (t) => {
    const { instance, read } = await setUp(t, { sync });
    for (const observation of observations) await instance.observe?.(observation);
    await instance.dispose?.();
    assert.deepEqual(
      eventsIn(await read()),
      observations.map(({ kind }) => kind),
    );
  });
}

test('only the events that were asked for are recorded', async (t) => {
  const { instance, read } = await setUp(t, { events: ['messageJudged', 'sessionEnded'] });
  for (const observation of observations) await instance.observe?.(observation);
  await instance.dispose?.();
  assert.deepEqual(eventsIn(await read()), ['messageJudged', 'sessionEnded']);
});

test('a line that cannot be written makes the plugin fail', async () => {
  const options = optionsSchema.parse({ file: '/dev/full' });
  const services = testServices();
  const instance = await setUpWith(options, services);
  await assert.rejects(async () => instance.observe?.(judged), { code: 'ENOSPC' });
  await instance.dispose?.();
});

test('a file that cannot be opened keeps the proxy from starting', async () => {
  const options = optionsSchema.parse({ file: 'x' });
  const services = { ...testServices(), resolvePath: () => '/proc/none/audit.jsonl' };
  await assert.rejects(async () => setUpWith(options, services), { code: 'ENOENT' });
});

test('only the file has to be given', () => {
  assert.deepEqual(optionsSchema.parse({ file: 'audit.jsonl' }), {
    file: 'audit.jsonl',
    durability: 'system',
    keyFile: undefined,
    rotation: undefined,
    events: new Set(eventNames),
  });
});

const refusals: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ['no file', { file: undefined }, /expected the path of a file/],
  ['an empty file', { file: '' }, /expected the path of a file/],
  ['a folder', { file: './log/' }, /expected the path of a file/],
  ['a NUL in the file', { file: 'a\0b' }, /expected the path of a file/],
  ['a word for sync', { sync: 'yes' }, /expected true or false/],
  ['an unknown event', { events: ['login'] }, /expected one of sessionOpened, loginAccepted/],
  ['no event at all', { events: [] }, /expected a list of events with at least one entry/],
  ['one event that is no list', { events: 'messageJudged' }, /expected a list of events/],
  ['an unknown key', { path: 'x' }, /path/],
  ['a key that is no file', { key: 'secret' }, /expected \{file: path\}/],
  ['an unknown size', { rotate: { size: '100' } }, /expected a size from 64KB to 1024GB/],
  ['too small a size', { rotate: { size: '63KB' } }, /expected a size from 64KB to 1024GB/],
  ['an unknown period', { rotate: { every: '2d' } }, /expected 1d, 1w or never/],
  ['an unknown age', { rotate: { keep: '1y' } }, /expected an age in days/],
  ['nothing kept', { rotate: { keep: '0 files' } }, /expected an age in days/],
];

for (const [name, options, message] of refusals) {
  test(`refused: ${name}`, () => {
    assert.throws(() => optionsSchema.parse({ file: 'audit.jsonl', ...options }), message);
  });
}

test('rotation has defaults once it is asked for', () => {
  const rotationOf = (rotate: object) => optionsSchema.parse({ file: 'a', rotate }).rotation;
  assert.deepEqual(rotationOf({}), {
    maxBytes: 100 * 1024 * 1024,
    every: 'never',
    keep: { kind: 'all' },
    form: 'compressed',
  });
  const rotate = { size: '64 KB', every: '1w', keep: '400d', compress: false };
  assert.deepEqual(rotationOf(rotate), {
    maxBytes: 65_536,
    every: 'week',
    keep: { kind: 'age', ageMs: 400 * 86_400_000 },
    form: 'plain',
  });
  assert.deepEqual(rotationOf({ keep: '1 file' })?.keep, { kind: 'files', count: 1 });
  assert.deepEqual(rotationOf({ keep: '12 files' })?.keep, { kind: 'files', count: 12 });
});

test('the schema can be shown to editors', () => {
  const shown = z.toJSONSchema(optionsSchema, { io: 'input' });
  assert.deepEqual(shown.required, ['file']);
  assert.equal(shown.additionalProperties, false);
});

test('with a key the lines are sealed by it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-audit-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const keyFile = join(folder, 'audit.key');
  await writeFile(keyFile, `${'k'.repeat(32)}\n`);
  const options = optionsSchema.parse({
    file: join(folder, 'audit.jsonl'),
    key: { file: keyFile },
  });
  const instance = await setUpWith(options, testServices());
  await instance.observe?.(judged);
  await instance.dispose?.();
  const [line = ''] = (await readFile(join(folder, 'audit.jsonl'), 'utf8')).split('\n');
  assert.equal(isSealed(Buffer.from(line), Buffer.from('k'.repeat(32))), true);
  assert.equal(isSealed(Buffer.from(line), undefined), false);
});

test('a key that is too short keeps the proxy from starting', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-audit-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const keyFile = join(folder, 'audit.key');
  await writeFile(keyFile, 'short\n');
  const options = optionsSchema.parse({
    file: join(folder, 'audit.jsonl'),
    key: { file: keyFile },
  });
  await assert.rejects(async () => setUpWith(options, testServices()), /too few for a key/);
});

test('two instances on one file, as after a reload, write one chain', async (t) => {
  const { folder, instance: old, read } = await setUp(t, {});
  await old.observe?.(judged);
  const options = optionsSchema.parse({ file: join(folder, 'audit.jsonl') });
  const fresh = await setUpWith(options, testServices());
  await Promise.all([fresh.observe?.(judged), old.observe?.(judged), fresh.observe?.(judged)]);
  await old.dispose?.();
  await assert.rejects(async () => old.observe?.(judged), /closed/);
  await fresh.observe?.(judged);
  await fresh.dispose?.();
  const numbers = (await read())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).seq);
  assert.deepEqual(numbers, [1, 2, 3, 4, 5]);
});

test('a configuration that is refused in the end removes no old files', async (t) => {
  const rotate = { size: '64KB', compress: false };
  const { folder, instance } = await setUp(t, { rotate });
  const fill = async (): Promise<void> => {
    for (let line = 0; line < 500; line += 1) await instance.observe?.(judged);
  };
  await fill();
  const options = optionsSchema.parse({
    file: join(folder, 'audit.jsonl'),
    rotate: { ...rotate, keep: '1 file' },
  });
  const refused = await setUpWith(options, testServices());
  await fill();
  await refused.dispose?.();
  await fill();
  await instance.dispose?.();
  const old = (await readdir(folder)).filter((name) => /^audit-.*\.jsonl$/.test(name));
  assert.ok(old.length > 3, old.join(' '));
  const first = await readFile(join(folder, old.toSorted()[0] ?? ''), 'utf8');
  assert.match(first, /^\{"seq":1,/);
});

test('the key of a trail that is being written cannot change', async (t) => {
  const { folder, instance } = await setUp(t, {});
  await instance.observe?.(judged);
  const keyFile = join(folder, 'audit.key');
  await writeFile(keyFile, 'k'.repeat(32));
  const options = optionsSchema.parse({
    file: join(folder, 'audit.jsonl'),
    key: { file: keyFile },
  });
  await assert.rejects(async () => setUpWith(options, testServices()), /cannot change/);
  await instance.observe?.(judged);
  await instance.dispose?.();
});

test('looking at a configuration does not stand in the way of a proxy', async (t) => {
  const { folder, instance, read } = await setUp(t, {});
  await instance.observe?.(judged);
  const mainFile = new URL('../../../plugins/audit-log/index.ts', import.meta.url).href;
  const optionsFile = new URL('../../../plugins/audit-log/options.ts', import.meta.url).href;
  const testing = new URL('../../../src/pipeline/testing.ts', import.meta.url).href;
  const script = `
    const { default: auditLog } = await import('${mainFile}');
    const { optionsSchema } = await import('${optionsFile}');
    const { testServices } = await import('${testing}');
    const options = optionsSchema.parse({ file: ${JSON.stringify(join(folder, 'audit.jsonl'))} });
    const part = await auditLog.central(options, testServices());
    await part.dispose();`;
  const { code, stderr } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  assert.equal(code, 0, stderr);
  await instance.observe?.(judged);
  await instance.dispose?.();
  assert.equal((await read()).trimEnd().split('\n').length, 2);
});
