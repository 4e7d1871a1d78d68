import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DescriptorOutput } from '../../src/telemetry/descriptor-output.ts';
import { eventually, temporaryFolder } from '../helpers/process.ts';

test('lines come out in their order, the last ones with the end', async () => {
  await using folder = await temporaryFolder('log');
  const file = join(folder.path, 'log');
  const descriptor = openSync(file, 'a');
  const output = new DescriptorOutput(descriptor);
  const lines = Array.from({ length: 100 }, (_, index) => `${index} é\n`);
  for (const line of lines.slice(0, 50)) output.write(line);
  await eventually('the first half', () =>
    readFileSync(file, 'utf8') === lines.slice(0, 50).join('') ? true : undefined,
  );
  output.end(lines.slice(50).join(''));
  assert.equal(readFileSync(file, 'utf8'), lines.join(''));
  closeSync(descriptor);
});

const logger = new URL('../../src/telemetry/logger.ts', import.meta.url).href;

/** Writes many lines and ends, once its input has ended. */
const program = `const { createLogger } = await import(${JSON.stringify(logger)});
  const log = createLogger({ level: 'info', format: 'json' });
  process.stdin.resume().once('end', () => {
    for (let count = 0; count < 5000; count += 1) log.info({ count }, 'line');
    process.exit(7);
  });`;
const args = ['--input-type=module', '-e', program];

test('a process whose log nobody reads any more ends', { timeout: 30_000 }, async () => {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdout.destroy();
  await once(child.stdout, 'close');
  child.stdin.end();
  assert.deepEqual(await once(child, 'exit'), [7, null]);
});

test('a process whose log is not taken ends, with some patience', { timeout: 30_000 }, async () => {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdout.pause();
  child.stdin.end();
  assert.deepEqual(await once(child, 'exit'), [7, null]);
  child.stdout.destroy();
});

const full = '/dev/full';

test('a process whose log finds the disk full ends', {
  timeout: 30_000,
  skip: !existsSync(full) && `${full} is missing`,
}, async () => {
  const descriptor = openSync(full, 'w');
  const child = spawn(process.execPath, args, { stdio: ['pipe', descriptor, 'inherit'] });
  closeSync(descriptor);
  child.stdin?.end();
  assert.deepEqual(await once(child, 'exit'), [7, null]);
});
