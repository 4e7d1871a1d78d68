// Owns what a demo finds in its folder afterwards: audit log, quarantine, and whether a secret leaked
// into either. It changes no file.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readAuditTrail } from './audit-trail.ts';
import type { DemoPaths } from './demo-folder.ts';
import type { Traces } from './verification.ts';

export interface FoundTraces extends Traces {
  /** Sentences about everything that is wrong with the files themselves. */
  readonly problems: readonly string[];
}

export async function readTraces(paths: DemoPaths, password: string): Promise<FoundTraces> {
  const problems: string[] = [];
  const auditText = await readIfThere(paths.auditFile);
  if (auditText.length === 0) problems.push(`${paths.auditFile} is missing or empty`);
  for (const file of [paths.auditFile, paths.logFile]) {
    if ((await readIfThere(file)).includes(password)) problems.push(`${file} shows the password`);
  }

  const originals = await filesIn(paths.quarantineFolder, '.eml');
  const quarantined = new Set<string>();
  for (const file of originals) {
    quarantined.add(
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    );
  }
  for (const file of [paths.auditFile, ...originals]) {
    if (await isOpenToOthers(file)) problems.push(`${file} can be read by other users`);
  }
  return { audit: readAuditTrail(auditText.toString('utf8')), quarantined, problems };
}

async function readIfThere(file: string): Promise<Buffer> {
  return await ifThere(() => readFile(file), Buffer.alloc(0));
}

async function filesIn(folder: string, extension: string): Promise<string[]> {
  const names = await ifThere(() => readdir(folder), []);
  return names.filter((name) => name.endsWith(extension)).map((name) => join(folder, name));
}

async function isOpenToOthers(file: string): Promise<boolean> {
  // Windows has no such bits; Node then reports the ones of the owner for everybody.
  if (process.platform === 'win32') return false;
  const mode = await ifThere(async () => (await stat(file)).mode, 0);
  return (mode & 0o077) !== 0;
}

async function ifThere<T>(read: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return otherwise;
    throw error;
  }
}
