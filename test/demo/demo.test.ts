// Runs the command as a user would, in a process of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildSampleMailbox } from '../../src/demo/sample-mailbox.ts';
import { readOriginals } from '../helpers/quarantine.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const samples = buildSampleMailbox();
const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'demo-test-'));
  folders.push(folder);
  return folder;
}

async function runDemoCommand(
  folder: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [main, 'demo', '--folder', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = (stream: Readable): Promise<string> => text(stream);
  const [stdout, stderr, [code]] = await Promise.all([
    output(child.stdout),
    output(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

describe('postern demo', () => {
  test('ends 0, shows every message, and leaves log, quarantine and configuration behind', async () => {
    const folder = await newFolder();
    const { code, stdout, stderr } = await runDemoCommand(folder);
    assert.equal(code, 0, stdout + stderr);

    for (const { name, description } of samples) {
      assert.ok(stdout.includes(`${name} `), name);
      assert.ok(stderr.includes(`${name}: ${description}\n`), name);
    }
    assert.match(stdout, /Everything came out as it should\.\n$/);
    assert.match(stdout, /No clamd was found|clamd at /);
    for (const line of stdout.split('\n').slice(0, samples.length + 2)) {
      assert.ok(line.length <= 100, line);
    }

    const hostile = samples.filter(({ expectation }) => expectation.kind === 'replaced');
    const kept = await readOriginals(join(folder, 'quarantine'), join(folder, 'quarantine.key'));
    const originals = [...kept.values()];
    assert.equal(originals.length, hostile.length);
    for (const { name, content } of hostile) {
      assert.ok(
        originals.some((original) => original.equals(content)),
        name,
      );
    }
    for (const name of ['audit.jsonl', 'postern.yaml', 'postern.log', 'quarantine.key']) {
      const { mode, size } = await stat(join(folder, name));
      assert.ok(size > 0, name);
      assert.equal(mode & 0o077, 0, name);
    }
  });

  test('ends 1 with one line when its folder is not empty, and touches nothing', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'mine.txt'), 'mine');
    const { code, stdout, stderr } = await runDemoCommand(folder);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^postern demo: .*is not empty\n$/);
    assert.deepEqual(await readdir(folder), ['mine.txt']);
  });
});
