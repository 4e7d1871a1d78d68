import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { writeHead } from '../../src/base/chain-head.ts';
import { type ChainPoint, chainStart, sealLine } from '../../src/base/hash-chain.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';
import { postern, stackTrace } from './postern.ts';

let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('audit-cli');
});

after(() => folder[Symbol.asyncDispose]());

const key = 'k'.repeat(32);

function chain(count: number, sealedWith?: Buffer): { lines: string[]; last: ChainPoint } {
  const lines: string[] = [];
  let last = chainStart;
  for (let index = 0; index < count; index += 1) {
    const time = new Date(Date.UTC(2026, 10, 23, 12, 0, index)).toISOString();
    const fields = JSON.stringify({ time, event: `number ${index}` });
    const { octets, point } = sealLine(last, {}, fields, sealedWith);
    lines.push(octets.toString());
    last = point;
  }
  return { lines, last };
}

interface Place {
  readonly config: string;
  file(name: string): string;
}

/** A configuration with an audit trail of six lines in three files, the oldest compressed. */
async function place(name: string, sealedWith?: Buffer): Promise<Place> {
  const file = (each: string): string => join(folder.path, `${name}${each}`);
  const { lines, last } = chain(6, sealedWith);
  const aside = (number: number): string =>
    file(`-2026-11-23T12000${number}Z-00000${number}.jsonl`);
  await writeFile(`${aside(1)}.gz`, gzipSync(lines.slice(0, 2).join('')));
  await writeFile(aside(2), lines.slice(2, 4).join(''));
  await writeFile(file('.jsonl'), lines.slice(4).join(''));
  const head = { last, start: chainStart, lastAt: 0, rotations: 2, sinceMs: 0 };
  await writeFile(file('.jsonl.head'), writeHead(head, sealedWith));
  await writeFile(file('.key'), `${key}\n`);
  const keyOption = sealedWith === undefined ? '' : `, key: {file: ./${name}.key}`;
  await writeFile(
    file('.yaml'),
    `listeners: [{name: a, port: 0, tls: none}]
routes: [{name: r, upstream: {host: pop.example.net}}]
plugins: [{use: audit-log, options: {file: ./${name}.jsonl${keyOption}}}]
`,
  );
  return { config: file('.yaml'), file };
}

test('the trail of a configuration is verified, with its compressed files and its key', async () => {
  const { config, file } = await place('whole', Buffer.from(key));
  const run = await postern(['audit', 'verify', '--config', config]);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(String(run.stdout).trimEnd().split('\n'), [
    `${file('-2026-11-23T120001Z-000001.jsonl.gz')}: ok, 2 lines from 2026-11-23T12:00:00.000Z to 2026-11-23T12:00:01.000Z`,
    `${file('-2026-11-23T120002Z-000002.jsonl')}: ok, 2 lines from 2026-11-23T12:00:02.000Z to 2026-11-23T12:00:03.000Z`,
    `${file('.jsonl')}: ok, 2 lines from 2026-11-23T12:00:04.000Z to 2026-11-23T12:00:05.000Z`,
    'whole, up to line 6',
  ]);
});

test('the first bad line is named, and the command ends with 1', async () => {
  const { config, file } = await place('bad');
  const aside = file('-2026-11-23T120002Z-000002.jsonl');
  await writeFile(aside, (await readFile(aside, 'utf8')).replace('number 3', 'number 4'));
  const run = await postern(['audit', 'verify', '--config', config]);
  assert.equal(run.code, 1);
  assert.match(String(run.stdout), new RegExp(`^${aside}:2: edited: `, 'm'));
  assert.equal(run.stderr, '');
});

test('files can be named in any order, and a key beside them', async () => {
  const { file } = await place('named', Buffer.from(key));
  const names = [
    '.jsonl',
    '-2026-11-23T120002Z-000002.jsonl',
    '-2026-11-23T120001Z-000001.jsonl.gz',
  ];
  const files = names.map(file);
  const run = await postern(['audit', 'verify', ...files, '--key-file', file('.key')]);
  assert.equal(run.code, 0, String(run.stdout));
  assert.match(String(run.stdout), /\nwhole, up to line 6\n$/);
  const unsealed = await postern(['audit', 'verify', ...files]);
  assert.equal(unsealed.code, 1);
});

test('a part of a trail is taken for one only when that is said', async () => {
  const { file } = await place('part');
  const aside = file('-2026-11-23T120002Z-000002.jsonl');
  const whole = await postern(['audit', 'verify', aside]);
  assert.equal(whole.code, 1);
  assert.match(String(whole.stdout), /:1: missing: before it, lines 1 to 2 are not there/);
  const part = await postern(['audit', 'verify', '--part', aside]);
  assert.equal(part.code, 0, String(part.stdout));
  assert.match(String(part.stdout), /ok as a part of a trail, up to line 4/);
});

test('a trail without its checkpoint is not whole', async () => {
  const { config, file } = await place('headless');
  await rename(file('.jsonl.head'), file('.gone'));
  const run = await postern(['audit', 'verify', '--config', config]);
  assert.equal(run.code, 1);
  assert.match(String(run.stdout), /headless\.jsonl\.head: missing: /);
  const named = await postern(['audit', 'verify', file('.jsonl'), '--part']);
  assert.equal(named.code, 0);
});

test('files without a single line of a trail are no whole trail', async () => {
  const file = join(folder.path, 'overwritten.jsonl');
  await writeFile(file, Buffer.alloc(5000));
  const run = await postern(['audit', 'verify', file]);
  assert.equal(run.code, 1);
  assert.match(String(run.stdout), /none of these files has a line of a trail/);
});

test('mistakes are one line each', async () => {
  const config = join(folder.path, 'none.yaml');
  await writeFile(
    config,
    'listeners: [{name: a, port: 0, tls: none}]\nroutes: [{name: r, upstream: {host: pop.example.net}}]\n',
  );
  const without = await postern(['audit', 'verify', '--config', config]);
  assert.equal(without.code, 2);
  assert.match(without.stderr, /there is no plugin audit-log/);
  const absent = await postern(['audit', 'verify', join(folder.path, 'absent.jsonl')]);
  assert.equal(absent.code, 1);
  assert.match(absent.stderr, /absent\.jsonl: cannot be read: /);
  assert.doesNotMatch(absent.stderr, stackTrace);
});
