import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { configSchema } from '../src/config/schema.ts';
import { parseDuration } from '../src/config/units.ts';
import { mainFile } from './cli/postern.ts';
import { findProgram, run, type TemporaryFolder, temporaryFolder } from './helpers/process.ts';
import { needs } from './helpers/requirement.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'config/systemd');
const units = readdirSync(folder);
const service = readFileSync(join(folder, 'postern.service'), 'utf8');

/** By its own listing, of 10. */
const mostExposure = 2;

function analyzerMissing(): string | undefined {
  return findProgram('systemd-analyze') === undefined ? 'systemd-analyze is not there' : undefined;
}

/** The units as they are, but for the program, which is not installed here. */
async function unitsOfThisMachine(): Promise<TemporaryFolder> {
  const copies = await temporaryFolder('units');
  await cp(folder, copies.path, { recursive: true });
  const file = join(copies.path, 'postern.service');
  const text = await readFile(file, 'utf8');
  const start = `ExecStart=${process.execPath} ${mainFile} serve`;
  await writeFile(file, text.replace(/^ExecStart=.*$/m, start));
  return copies;
}

function settingOf(key: string): string {
  return new RegExp(`^${key}=(.*)$`, 'm').exec(service)?.[1] ?? '';
}

test('systemd has no complaint about the units', async (t) => {
  if (!needs(t, analyzerMissing())) return;
  await using copies = await unitsOfThisMachine();
  const files = units.map((unit) => join(copies.path, unit));
  assert.ok(files.length >= 4);
  const env = { SYSTEMD_UNIT_PATH: `${copies.path}:` };
  const { code, stdout, stderr } = await run('systemd-analyze', ['verify', ...files], { env });
  assert.equal(`${stdout}${stderr}`, '');
  assert.equal(code, 0);
});

test(`systemd finds the service exposed by less than ${mostExposure}`, async (t) => {
  if (!needs(t, analyzerMissing())) return;
  const file = join(folder, 'postern.service');
  const { stdout } = await run('systemd-analyze', ['security', '--offline=true', file]);
  const exposure = /exposure level for postern\.service: (\d+\.\d)/.exec(stdout.toString())?.[1];
  assert.ok(Number(exposure) < mostExposure, `exposure ${exposure}`);
});

test('sockets go to the service, each by a name of its own', () => {
  const sockets = units.filter((unit) => unit.endsWith('.socket'));
  const texts = sockets.map((unit) => readFileSync(join(folder, unit), 'utf8'));
  const names = texts.map((text) => /^FileDescriptorName=(.+)$/m.exec(text)?.[1]);
  assert.equal(new Set(names).size, texts.length);
  for (const text of texts) assert.match(text, /^Service=postern\.service$/m);
});

test('systemd waits for longer than Postern needs to end', () => {
  const route = { name: 'r', upstream: { host: 'pop.example.net' } };
  const listener = { name: 'l', port: 110, tls: 'none' };
  const { shutdown } = configSchema.parse({ listeners: [listener], routes: [route] });
  const limitMs = parseDuration(settingOf('TimeoutStopSec')) ?? 0;
  assert.ok(shutdown.sessionsMs + shutdown.commandsMs + 11_000 < limitMs, `${limitMs}`);
});
