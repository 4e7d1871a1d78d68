import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { z } from '#plugin-api';
import auditLog from '../../../plugins/audit-log/index.ts';
import { eventNames, optionsSchema } from '../../../plugins/audit-log/options.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { judged, observations } from './observations.ts';

async function setUp(t: TestContext, options: object) {
  const folder = await mkdtemp(join(tmpdir(), 'postern-audit-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const parsed = optionsSchema.parse({ file: './audit.jsonl', ...options });
  const resolvePath = (path: string): string => join(folder, path);
  const instance = await auditLog.setup(parsed, { log: silentLogger, resolvePath });
  return { instance, read: () => readFile(join(folder, 'audit.jsonl'), 'utf8') };
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
  const services = { log: silentLogger, resolvePath: (path: string) => path };
  const instance = await auditLog.setup(options, services);
  await assert.rejects(async () => instance.observe?.(judged), { code: 'ENOSPC' });
  await instance.dispose?.();
});

test('a file that cannot be opened keeps the proxy from starting', async () => {
  const options = optionsSchema.parse({ file: 'x' });
  const services = { log: silentLogger, resolvePath: () => '/proc/none/audit.jsonl' };
  await assert.rejects(async () => auditLog.setup(options, services), { code: 'ENOENT' });
});

test('only the file has to be given', () => {
  assert.deepEqual(optionsSchema.parse({ file: 'audit.jsonl' }), {
    file: 'audit.jsonl',
    durability: 'system',
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
];

for (const [name, options, message] of refusals) {
  test(`refused: ${name}`, () => {
    assert.throws(() => optionsSchema.parse({ file: 'audit.jsonl', ...options }), message);
  });
}

test('the schema can be shown to editors', () => {
  const shown = z.toJSONSchema(optionsSchema, { io: 'input' });
  assert.deepEqual(shown.required, ['file']);
  assert.equal(shown.additionalProperties, false);
});
