// Owns what tests of the quarantine share: records, sources of content, a folder, disks that fail.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diskActions, type FileActions } from '../../src/stores/durable-file.ts';
import {
  type OpenedQuarantine,
  openQuarantine,
  type QuarantineSettings,
} from '../../src/stores/open-quarantine.ts';
import type { Quarantine, QuarantineRecord } from '../../src/stores/store.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { temporaryFolder } from '../helpers/process.ts';

export const dayMs = 86_400_000;
export const letter = Buffer.from('From: a@example.org\r\nSubject: x\r\n\r\nbody\r\n');

export function recordOf(
  content: Buffer,
  changes: Partial<QuarantineRecord> = {},
): QuarantineRecord {
  return {
    action: 'replace',
    user: 'ann@example.org',
    upstreamHost: 'mail.example.org',
    uidl: 'u1',
    sha256: createHash('sha256').update(content).digest('hex'),
    octets: content.length,
    findings: [{ plugin: 'clamav', finding: 'Eicar-Test-Signature', part: 'x.zip' }],
    from: 'a@example.org',
    subject: 'x',
    date: undefined,
    messageId: undefined,
    sessionId: 's1',
    clientAddress: '192.0.2.1',
    ...changes,
  };
}

export async function* inChunks(content: Buffer, size = 7): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

// biome-ignore lint/correctness/useYield: reading it at all is the failure
export async function* unreadable(): AsyncGenerator<Buffer> {
  assert.fail('the content is not needed');
}

export async function contentOf(quarantine: Quarantine, id: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of quarantine.read(id)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Stores a message of its own for each number; returns its id. */
export async function putNumbered(
  quarantine: Quarantine,
  number: number,
  changes: Partial<QuarantineRecord> = {},
): Promise<string> {
  const content = Buffer.from(`Subject: ${number}\r\n\r\n${number}\r\n`);
  const record = recordOf(content, { uidl: `u${number}`, ...changes });
  return (await quarantine.put(record, inChunks(content))).id;
}

export interface QuarantinePlace extends AsyncDisposable {
  /** Does not exist yet. */
  readonly folder: string;
  readonly keyFile: string;
  readonly clock: FakeClock;
  /** As a process of its own would; all are closed in the end. */
  open(
    settings?: Partial<QuarantineSettings & { readonly actions: FileActions }>,
  ): Promise<OpenedQuarantine>;
  /** Names of the sealed files. */
  sealed(): Promise<string[]>;
}

export async function quarantinePlace(): Promise<QuarantinePlace> {
  const parent = await temporaryFolder('quarantine');
  const folder = join(parent.path, 'quarantine');
  const keyFile = join(parent.path, 'quarantine.key');
  const clock = new FakeClock();
  const opened: OpenedQuarantine[] = [];
  return {
    folder,
    keyFile,
    clock,
    async open({ actions = diskActions, ...settings } = {}) {
      const made = await openQuarantine(
        { folder, keyFile, maxAgeMs: 90 * dayMs, maxBytes: 1_000_000_000, ...settings },
        { clock, actions },
      );
      opened.push(made);
      return made;
    },
    sealed: () => readdir(join(folder, 'sealed')),
    async [Symbol.asyncDispose]() {
      for (const { quarantine } of opened) quarantine.close();
      await parent[Symbol.asyncDispose]();
    },
  };
}

export type FailingOperation = 'create' | 'write' | 'sync' | 'close' | 'syncFolder';

/** The real disk, on which the n-th operation of one kind fails. */
export function failingAt(
  operation: FailingOperation,
  nth: number,
  failure: () => Error,
): FileActions {
  let count = 0;
  const pass = (name: string): void => {
    if (name !== operation) return;
    count += 1;
    if (count === nth) throw failure();
  };
  return {
    remove: diskActions.remove,
    async create(path) {
      pass('create');
      const file = await diskActions.create(path);
      return {
        async write(octets) {
          pass('write');
          await file.write(octets);
        },
        async sync() {
          pass('sync');
          await file.sync();
        },
        async close() {
          await file.close();
          pass('close');
        },
      };
    },
    async syncFolder(path) {
      pass('syncFolder');
      await diskActions.syncFolder(path);
    },
  };
}

export const noSpace = () =>
  Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
export const ioError = () => Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
export const noAccess = () =>
  Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
