import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ProgramEnd, type Run, runProgram } from '../../../plugins/command/run-program.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { descendants, eventually, run } from '../../helpers/process.ts';
import { type Programs, programs } from './programs.ts';

let scripts: Programs;

before(async () => {
  scripts = await programs();
});

after(async () => {
  await scripts[Symbol.asyncDispose]();
});

const never = new AbortController().signal;

async function* pieces(...all: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* all;
}

/** Octets that stop coming in the middle, until `release` is called. */
function stalled(first: Buffer): { input: AsyncIterable<Buffer>; release(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* input(): AsyncGenerator<Buffer> {
    yield first;
    await promise;
  }
  return { input: input(), release: resolve };
}

async function runScript(
  name: string,
  code: string,
  input: AsyncIterable<Buffer> = pieces(Buffer.from('Hello\r\n')),
  changes: Partial<Run> = {},
): Promise<ProgramEnd> {
  const file = await scripts.add(name, code);
  return await runProgram(
    {
      argv: [file],
      environment: {},
      folder: scripts.folder,
      timeoutMs: 60_000,
      maxOutputBytes: 1024 * 1024,
      clock: systemClock,
      signal: never,
      ...changes,
    },
    input,
  );
}

const copy = 'process.stdin.pipe(process.stdout);';
const sleepOn = 'setInterval(() => {}, 1000);';

/** Processes that this test started and that are still there, zombies included. */
function children(): number {
  return descendants(process.pid).length;
}

test('a program gets every octet and all it writes comes back', async () => {
  const content = Buffer.alloc(3_000_000, 'All work and no play\r\n');
  const halves = pieces(content.subarray(0, 1_234_567), content.subarray(1_234_567));
  const end = await runScript('copy', copy, halves, { maxOutputBytes: content.length });
  assert.equal(end.kind, 'exited');
  assert.ok(end.kind === 'exited' && end.output.equals(content));
  assert.equal(end.code, 0);
});

test('a program that reads nothing is no failure, however long the message', async () => {
  const end = await runScript(
    'deaf',
    'process.stdin.destroy(); process.exitCode = 2;',
    pieces(...Array.from({ length: 50 }, () => Buffer.alloc(65_536))),
  );
  assert.equal(end.kind === 'exited' && end.code, 2);
});

test('a program may end while the message still arrives', async () => {
  const { input, release } = stalled(Buffer.from('Subject: x\r\n'));
  const end = await runScript('quick', 'process.exit(1);', input);
  release();
  assert.equal(end.kind === 'exited' && end.code, 1);
});

test('a program that waits for more than there is ends by the time limit', async () => {
  const end = await runScript('slow', sleepOn, pieces(), { timeoutMs: 200 });
  assert.deepEqual(end, { kind: 'late' });
});

test('a program that takes no octets ends by the time limit', async () => {
  const much = pieces(...Array.from({ length: 50 }, () => Buffer.alloc(65_536)));
  const end = await runScript('stuck', sleepOn, much, { timeoutMs: 200 });
  assert.deepEqual(end, { kind: 'late' });
});

test('time in which the message is slow to arrive does not count', async () => {
  const { input, release } = stalled(Buffer.from('Subject: x\r\n'));
  const limits: number[] = [];
  const clock = {
    ...systemClock,
    after(delayMs: number, callback: () => void) {
      limits.push(delayMs);
      return systemClock.after(delayMs, callback);
    },
  };
  const file = join(scripts.folder, 'seen');
  const running = runScript(
    'patient',
    `process.stdin.once('data', (data) => {
      require('node:fs').writeFileSync(${JSON.stringify(file)}, data);
    });
    process.stdin.on('end', () => process.exit(0));`,
    input,
    { clock },
  );
  await eventually('the first octets', () => readFile(file).catch(() => undefined));
  // One limit for the write that is done; the next one begins with the end of the message.
  assert.deepEqual(limits, [60_000]);
  release();
  const end = await running;
  assert.equal(end.kind === 'exited' && end.code, 0);
});

test('SIGKILL ends a program that ignores SIGTERM', async () => {
  const end = await runScript(
    'stubborn',
    `process.on('SIGTERM', () => {}); process.stdout.write('ready'); ${sleepOn}`,
    pieces(),
    { timeoutMs: 1000 },
  );
  assert.deepEqual(end, { kind: 'late' });
  assert.equal(children(), 0);
});

test('children of a program end with it', async () => {
  const file = join(scripts.folder, 'pid');
  const end = await runScript(
    'parent',
    `const { spawn } = require('node:child_process');
    const { writeFileSync } = require('node:fs');
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(sleepOn)}], { stdio: 'inherit' });
    child.once('spawn', () => { writeFileSync(${JSON.stringify(file)}, String(child.pid)); process.exit(0); });`,
  );
  assert.equal(end.kind === 'exited' && end.code, 0);
  const pid = Number(await readFile(file, 'utf8'));
  await eventually('the end of the child', () => (isThere(pid) ? undefined : true));
});

function isThere(pid: number): boolean {
  try {
    // A zombie that its new parent has yet to reap has no command line any more.
    return readFileSync(`/proc/${pid}/cmdline`).length > 0;
  } catch {
    return false;
  }
}

test('too much output ends the program', async () => {
  const end = await runScript(
    'chatty',
    `const piece = Buffer.alloc(65536); (function more() { process.stdout.write(piece, more); })();`,
    pieces(),
    { maxOutputBytes: 100_000 },
  );
  assert.deepEqual(end, { kind: 'overlong' });
  assert.equal(children(), 0);
});

test('exactly as much output as allowed is kept', async () => {
  const end = await runScript('exact', `process.stdout.write('12345');`, pieces(), {
    maxOutputBytes: 5,
  });
  assert.equal(end.kind === 'exited' && end.output.toString(), '12345');
});

test('much on stderr is read and dropped', async () => {
  const end = await runScript(
    'noisy',
    `process.stderr.write('no luck\\n' + 'x'.repeat(1_000_000), () => process.exit(9));`,
  );
  assert.equal(end.kind === 'exited' && end.code, 9);
  assert.match(end.kind === 'exited' ? end.complaint : '', /^no luck\nx{900}/);
});

test('an end by a signal is told apart from an exit code', async () => {
  const end = await runScript('suicide', `process.kill(process.pid, 'SIGKILL'); ${sleepOn}`);
  assert.deepEqual(end, { kind: 'killed', signal: 'SIGKILL' });
});

test('an abort ends the program and rejects with the reason', async () => {
  const controller = new AbortController();
  const { input, release } = stalled(Buffer.from('x'));
  const file = join(scripts.folder, 'started');
  const running = runScript(
    'abortable',
    `require('node:fs').writeFileSync(${JSON.stringify(file)}, 'x'); ${sleepOn}`,
    input,
    { signal: controller.signal },
  );
  await eventually('the start', () => readFile(file).catch(() => undefined));
  controller.abort(new Error('the client is gone'));
  await assert.rejects(running, /^Error: the client is gone$/);
  release();
  assert.equal(children(), 0);
});

test('a signal that has aborted before starts nothing', async () => {
  const file = join(scripts.folder, 'never');
  await assert.rejects(
    runScript(
      'unwanted',
      `require('node:fs').writeFileSync(${JSON.stringify(file)}, 'x');`,
      pieces(),
      {
        signal: AbortSignal.abort(new Error('too late')),
      },
    ),
    /too late/,
  );
  await assert.rejects(readFile(file), { code: 'ENOENT' });
});

test('an error of the message is not one of the program', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from('Subject: x\r\n');
    throw new Error('the server is gone');
  }
  await assert.rejects(runScript('unlucky', copy, broken()), /^Error: the server is gone$/);
  assert.equal(children(), 0);
});

test('a file that is no program rejects', async () => {
  const argv = [join(scripts.folder, 'nowhere')] as const;
  await assert.rejects(runScript('unused', '', pieces(), { argv: [...argv] }), { code: 'ENOENT' });
});

test('the environment holds what is given and nothing else', async () => {
  const end = await runScript(
    'environment',
    `process.stdout.write(JSON.stringify(process.env));`,
    pieces(),
    { environment: { POSTERN_USER: '$(id) `id` "ann"' } },
  );
  const shown: unknown = end.kind === 'exited' ? JSON.parse(end.output.toString()) : undefined;
  assert.deepEqual(shown, { POSTERN_USER: '$(id) `id` "ann"' });
});

test('arguments reach the program as they are', async () => {
  const file = await scripts.add(
    'arguments',
    `process.stdout.write(JSON.stringify(process.argv.slice(2)));`,
  );
  const odd = ['', '*', '$HOME', 'a b', "'", '; rm -rf x', '\n'];
  const end = await runScript('unused', '', pieces(), { argv: [file, ...odd] });
  assert.deepEqual(end.kind === 'exited' && JSON.parse(end.output.toString()), odd);
});

test('where no file can be opened any more, the run fails and nothing else does', async () => {
  const source = (path: string): string => JSON.stringify(import.meta.resolve(path));
  const file = join(scripts.folder, 'no-room.mjs');
  await writeFile(
    file,
    `import { openSync } from 'node:fs';
    import { runProgram } from ${source('../../../plugins/command/run-program.ts')};
    import { systemClock as clock } from ${source('../../../src/base/clock.ts')};
    const { signal } = new AbortController();
    const limits = { timeoutMs: 60_000, maxOutputBytes: 1, clock, signal };
    try {
      for (;;) openSync('/dev/null');
    } catch {}
    try {
      await runProgram({ argv: ['/bin/true'], environment: {}, folder: '/', ...limits }, []);
    } catch (error) {
      console.log(error.code);
    }`,
  );
  const { code, stdout, stderr } = await run('/bin/sh', [
    '-c',
    'ulimit -n 100; exec "$0" "$1"',
    process.execPath,
    file,
  ]);
  assert.equal(stderr, '');
  assert.equal(stdout.toString(), 'EMFILE\n');
  assert.equal(code, 0);
});
