// Owns programs for tests: scripts for Node in a temporary folder, and the messages they are run on.

import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MessageView } from '#plugin-api';
import { ArrivingMessage } from '../../../src/pipeline/arriving-message.ts';
import { wantedUntil } from '../../../src/pipeline/interest.ts';
import { sampleFacts, spoolOf } from '../../../src/pipeline/testing.ts';
import { type TemporaryFolder, temporaryFolder } from '../../helpers/process.ts';

export interface Programs extends AsyncDisposable {
  readonly folder: string;
  /** Writes an executable script; returns its path. */
  add(name: string, code: string): Promise<string>;
}

export async function programs(): Promise<Programs> {
  const folder: TemporaryFolder = await temporaryFolder('command');
  return {
    folder: folder.path,
    async add(name, code) {
      const file = join(folder.path, name);
      await writeFile(file, `#!${process.execPath}\n${code}\n`);
      await chmod(file, 0o755);
      return file;
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

export const letter = Buffer.from('From: ann@example.org\r\nSubject: Hello\r\n\r\nHello.\r\n');

/** A message that has arrived. */
export function messageOf(
  content: Buffer,
  folder: string,
  signal: AbortSignal = new AbortController().signal,
): MessageView {
  const spool = spoolOf(content, folder);
  return new ArrivingMessage(sampleFacts(content.length), spool).viewWhile(wantedUntil(signal));
}
