// Owns a folder with an audit trail in it, and the verdict of `postern audit verify` on that.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Trail, type TrailOptions } from '../../../plugins/audit-log/trail.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { ChainKey } from '../../../src/base/hash-chain.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { checkTrail, findHead } from '../../../src/cli/audit-check.ts';
import { findAuditFiles } from '../../../src/cli/audit-files.ts';
import { temporaryFolder } from '../../helpers/process.ts';

export interface TrailFolder {
  readonly folder: string;
  readonly path: string;
  open(options?: Partial<TrailOptions>): Promise<Trail>;
  read(name?: string): Promise<string>;
  names(): Promise<string[]>;
  /** What is printed, and last whether the trail is whole. */
  verify(key?: ChainKey): Promise<readonly string[]>;
}

export async function trailFolder(t: TestContext): Promise<TrailFolder> {
  const temporary = await temporaryFolder('audit');
  t.after(() => temporary[Symbol.asyncDispose]());
  const folder = temporary.path;
  const path = join(folder, 'audit.jsonl');
  return {
    folder,
    path,
    open: (options = {}) => Trail.open(path, { ...plainOptions, ...options }),
    read: (name = 'audit.jsonl') => readFile(join(folder, name), 'utf8'),
    names: async () => (await readdir(folder)).toSorted(),
    async verify(key) {
      const printed: string[] = [];
      const head = await findHead(path, key);
      await using found = await findAuditFiles(path);
      const print = (line: string): void => void printed.push(line.replaceAll(`${folder}/`, ''));
      const isWhole = await checkTrail({ files: found.files, key, head, extent: 'whole', print });
      return [...printed, isWhole ? 'whole' : 'not whole'];
    },
  };
}

export const plainOptions: TrailOptions = {
  durability: 'system',
  key: undefined,
  rotation: undefined,
  moveCheckMs: 0,
  clock: systemClock,
  log: silentLogger,
};

/** A record of that text. */
export function record(text: string): string {
  return JSON.stringify({ time: '2026-11-02T10:00:00.000Z', event: text });
}

/** The records of a file, in order. */
export function eventsOf(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line).event);
}
