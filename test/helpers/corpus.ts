// Owns mail in quantity: the collection of real messages that lies beside the project, or, where
// there is none, made-up messages. Nothing of the collection is ever committed or printed.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findProgram, run, temporaryFolder } from './process.ts';

export interface CorpusEntry {
  /** Path inside the collection. */
  readonly path: string;
  readonly label: 'ham' | 'spam';
  readonly source: string;
}

const archive = fileURLToPath(new URL('../../../shared/corpus/spam-dev.tar.xz', import.meta.url));

/** Why the collection cannot be used here; undefined when it can. */
export function corpusMissing(): string | undefined {
  if (!existsSync(archive)) return 'the message corpus does not lie beside the project';
  if (findProgram('tar') === undefined || findProgram('xz') === undefined) {
    return 'tar and xz are needed to unpack the message corpus';
  }
  return undefined;
}

let unpacked: Promise<string> | undefined;

/**
 * Real messages if they are to be had, else made-up ones; the test says which. The collection cannot
 * be installed like a program, so that its absence is no failure in CI either.
 */
export async function mailSample(t: TestContext, count: number, seed: number): Promise<Buffer[]> {
  const missing = corpusMissing();
  if (missing === undefined) return corpusMessages(count, seed);
  t.diagnostic(`${missing}: ${count} made-up messages instead`);
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => inventMessage(index, random));
}

/** The same `count` messages for the same seed, drawn from all sources, with CRLF line ends. */
export async function corpusMessages(count: number, seed: number): Promise<Buffer[]> {
  const folder = await unpackOnce();
  const entries = await readIndex(folder);
  const chosen = draw(entries, count, seed);
  return Promise.all(chosen.map(async (entry) => toCrlf(await readFile(join(folder, entry.path)))));
}

/** Every line end as CRLF, as Dovecot sends a stored message. */
export function toCrlf(message: Buffer): Buffer {
  return Buffer.from(message.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1');
}

// The folder is removed when the test process ends.
function unpackOnce(): Promise<string> {
  unpacked ??= (async () => {
    const folder = await temporaryFolder('corpus');
    const { code, stderr } = await run('tar', ['-xJf', archive, '-C', folder.path]);
    if (code !== 0) throw new Error(`the message corpus could not be unpacked: ${stderr}`);
    return folder.path;
  })();
  return unpacked;
}

async function readIndex(folder: string): Promise<CorpusEntry[]> {
  const text = await readFile(join(folder, 'index.tsv'), 'utf8');
  const [, ...lines] = text.trimEnd().split('\n');
  return lines.map((line) => {
    const [path, label, source] = line.split('\t');
    if (path === undefined || source === undefined || (label !== 'ham' && label !== 'spam')) {
      throw new Error(`unexpected line in the index of the corpus: ${line}`);
    }
    return { path, label, source };
  });
}

function draw(entries: readonly CorpusEntry[], count: number, seed: number): CorpusEntry[] {
  if (count > entries.length) throw new Error(`the corpus has only ${entries.length} messages`);
  const pool = [...entries];
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const [entry] = pool.splice(Math.floor(random() * pool.length), 1);
    if (entry === undefined) throw new Error('the pool ran dry');
    return entry;
  });
}

function inventMessage(index: number, random: () => number): Buffer {
  const pick = (limit: number): number => Math.floor(random() * limit);
  const word = (): string => String.fromCharCode(...Array.from({ length: 1 + pick(9) }, anySign));
  const anySign = (): number => (pick(40) === 0 ? 0xa0 + pick(0x60) : 0x2e + pick(0x50));
  const line = (): string => Array.from({ length: pick(14) }, word).join(' ');
  const header = `From: ${index}@example.org\r\nSubject: ${index} ${word()}\r\n\tfolded\r\n`;
  const body = Array.from({ length: pick(200) }, line).join('\r\n');
  return Buffer.from(`${header}\r\n${body}\r\n`, 'latin1');
}

// mulberry32: small, and the same on every machine.
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
