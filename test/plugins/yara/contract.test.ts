// The real library, and what the plugin believes of it: that it comes from the package alone, keeps to its
// memory, ends when it is ended, and that an end of the thread is never taken for "nothing found".
import assert from 'node:assert/strict';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Diagnosis } from '#plugin-api';
import yara from '../../../plugins/yara/index.ts';
import { optionsSchema } from '../../../plugins/yara/options.ts';
import { Scanner } from '../../../plugins/yara/scanner.ts';
import { ScanningThread } from '../../../plugins/yara/scanning-thread-handle.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { Interest } from '../../../src/pipeline/interest.ts';
import { testServices } from '../../../src/pipeline/testing.ts';
import { wholeMessage } from '../../helpers/pipeline.ts';
import { needs } from '../../helpers/requirement.ts';
import { ruleFolder, yaraMissing } from './rule-folder.ts';

const missing = yaraMissing();
const never = new AbortController().signal;
const megabyte = 1024 * 1024;
const plain = [{ file: 'a.yar', text: 'rule a { strings: $a = "needle" condition: $a }' }];
const looping = [
  {
    file: 'a.yar',
    text: 'rule a { condition: for all i in (0..1000000000) : (uint8(i % filesize) != 300) }',
  },
];

function content(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

function scannerWith(sources: typeof plain): Scanner {
  return new Scanner({ sources, threads: 1, maxBytes: megabyte, clock: systemClock });
}

test('a content that does not fit into the memory ends the thread with an error', async (t) => {
  if (!needs(t, missing)) return;
  const thread = new ScanningThread({ sources: plain, maxMemoryBytes: 16 * megabyte });
  assert.equal((await thread.opening()).kind, 'ready');
  assert.equal((await thread.scan(content('a needle'))).kind, 'scanned');
  await assert.rejects(thread.scan(new Uint8Array(64 * megabyte)));
  await assert.rejects(thread.scan(content('a needle')), 'it stays dead');
  await thread.end();
});

test('a thread that was ended is followed by another one', async (t) => {
  if (!needs(t, missing)) return;
  const scanner = scannerWith(looping);
  await scanner.open();
  const slow = await scanner.use(never, (session) => session.scan(content('x'), 300));
  assert.deepEqual(slow, { kind: 'tooSlow' });
  // Of nothing, the condition is undefined at once.
  const next = await scanner.use(never, (session) => session.scan(content(''), 30_000));
  assert.deepEqual(next, { kind: 'scanned', matches: [], untold: 0 });
  await scanner.end();
});

test('whoever is gone is not waited for, and the thread does not go on for nobody', async (t) => {
  if (!needs(t, missing)) return;
  const scanner = scannerWith(looping);
  await scanner.open();
  const controller = new AbortController();
  const scanning = scanner.use(controller.signal, (session) =>
    session.scan(content('x'), 3_600_000),
  );
  controller.abort(new Error('client gone'));
  await assert.rejects(scanning, { message: 'client gone' });
  await scanner.end();
});

test('after its end nothing is scanned, and nothing passes', async (t) => {
  if (!needs(t, missing)) return;
  const scanner = scannerWith(plain);
  await scanner.open();
  await scanner.end();
  await assert.rejects(scanner.use(never, (session) => session.scan(content('x'), 1000)));
});

test('messages that are scanned at the same time wait for each other', async (t) => {
  if (!needs(t, missing)) return;
  const scanner = scannerWith(plain);
  await scanner.open();
  const results = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      scanner.use(never, (session) =>
        session.scan(content(index % 2 === 0 ? 'a needle' : 'hay'), 30_000),
      ),
    ),
  );
  const matched = results.map((each) => each.kind === 'scanned' && each.matches.length);
  assert.deepEqual(matched, [1, 0, 1, 0, 1, 0, 1, 0]);
  await scanner.end();
});

test('the modules of YARA are there, and conditions see the content that is scanned', async (t) => {
  if (!needs(t, missing)) return;
  const text = `import "hash"\nimport "math"\nimport "pe"\nimport "elf"
rule Hash { condition: hash.md5(0, filesize) == "900150983cd24fb0d6963f7d28e17f72" }
rule Small { condition: filesize < 4 and math.entropy(0, filesize) > 1 and not pe.is_pe }`;
  const scanner = scannerWith([{ file: 'a.yar', text }]);
  await scanner.open();
  const result = await scanner.use(never, (session) => session.scan(content('abc'), 30_000));
  assert.ok(result.kind === 'scanned');
  assert.deepEqual(
    result.matches.map(({ rule }) => rule),
    ['Hash', 'Small'],
  );
  await scanner.end();
});

test('changed rules change the key of verdicts, and the word by which an instance goes on', async (t) => {
  if (!needs(t, missing)) return;
  await using folder = await ruleFolder({ 'a.yar': 'rule a { condition: false }\n' });
  const options = optionsSchema.parse({ rules: ['a.yar'] });
  const resolvePath = (path: string): string => join(folder.path, path);
  const keyOf = async (): Promise<string | undefined> => {
    const instance = await yara.setup(options, { ...testServices(), resolvePath });
    const key = instance.cacheKey?.();
    await instance.dispose?.();
    return key;
  };
  const [key, word] = [await keyOf(), await yara.inputs?.(options, { resolvePath })];
  assert.equal(await keyOf(), key);
  await appendFile(join(folder.path, 'a.yar'), '// more\n');
  assert.notEqual(await keyOf(), key);
  assert.notEqual(await yara.inputs?.(options, { resolvePath }), word);
});

test('rules that give no scores make an instance that gives none', async (t) => {
  if (!needs(t, missing)) return;
  await using folder = await ruleFolder({
    'a.yar': 'rule a { condition: false }',
    'b.yar': 'rule b { meta: postern = "score:1" condition: false }',
  });
  const resolvePath = (path: string): string => join(folder.path, path);
  for (const [name, expected] of [
    ['a.yar', undefined],
    ['b.yar', true],
  ] as const) {
    const options = optionsSchema.parse({ rules: [name] });
    const instance = await yara.setup(options, { ...testServices(), resolvePath });
    assert.equal(instance.givesScores, expected);
    await instance.dispose?.();
  }
});

test('a message that is being inspected when the plugin ends is an error', async (t) => {
  if (!needs(t, missing)) return;
  await using folder = await ruleFolder({ 'a.yar': looping[0]?.text ?? '' });
  const options = optionsSchema.parse({ rules: ['a.yar'], scan_timeout: '1h' });
  const resolvePath = (path: string): string => join(folder.path, path);
  const instance = await yara.setup(options, { ...testServices(), resolvePath });
  const inspection = instance.inspect?.(wholeMessage('x').viewWhile(new Interest()));
  const ended = instance.dispose?.();
  await assert.rejects(async () => await inspection);
  await ended;
});

test('the check-up says what compiles, what is slow, and what does not compile', async (t) => {
  if (!needs(t, missing)) return;
  await using folder = await ruleFolder({
    'slow.yar': 'rule a {\n strings: $a = /a.{0,500}b/s\n condition: $a }',
  });
  const checkUp = async (): Promise<Diagnosis[]> => {
    const found: Diagnosis[] = [];
    const services = {
      clock: systemClock,
      signal: never,
      resolvePath: (path: string) => join(folder.path, path),
    };
    const options = optionsSchema.parse({ rules: ['*.yar'] });
    for await (const one of yara.check?.(options, services) ?? []) found.push(one);
    return found;
  };
  const [compiled, warning] = await checkUp();
  assert.deepEqual(compiled, { level: 'ok', found: '1 file of YARA rules can be compiled' });
  assert.match(warning?.found ?? '', /slow\.yar:2: slow pattern/);
  await writeFile(join(folder.path, 'wrong.yar'), 'rule {');
  const [wrong] = await checkUp();
  assert.equal(wrong?.level, 'fail');
  assert.match(wrong.found, /wrong\.yar:1:/);
});
