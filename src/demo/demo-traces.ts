// Owns what a demo finds in its folder afterwards: audit log, quarantine, and whether a secret leaked
// into either. It changes no file.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { openQuarantine, quarantineExists } from '../stores/open-quarantine.ts';
import { statesWithContent } from '../stores/quarantine-states.ts';
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

  const quarantined = await readQuarantine(paths);
  const folder = paths.quarantineFolder;
  const stored = [...(await filesIn(folder)), ...(await filesIn(join(folder, 'sealed')))];
  for (const file of [paths.auditFile, paths.quarantineKeyFile, ...stored]) {
    if (await isOpenToOthers(file)) problems.push(`${file} can be read by other users`);
  }
  return { audit: readAuditTrail(auditText.toString('utf8')), quarantined, problems };
}

/** SHA-256 digests of the originals as they come out, not as the index has them. */
async function readQuarantine({
  quarantineFolder: folder,
  quarantineKeyFile: keyFile,
}: DemoPaths): Promise<Set<string>> {
  const digests = new Set<string>();
  if (!(await quarantineExists(folder))) return digests;
  const noLimits = { maxAgeMs: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };
  const { quarantine } = await openQuarantine(
    { folder, keyFile, ...noLimits },
    { clock: systemClock },
  );
  try {
    for (const { id } of await quarantine.list({ states: statesWithContent })) {
      const hash = createHash('sha256');
      for await (const piece of quarantine.read(id)) hash.update(piece);
      digests.add(hash.digest('hex'));
    }
  } finally {
    quarantine.close();
  }
  return digests;
}

async function readIfThere(file: string): Promise<Buffer> {
  return await ifThere(() => readFile(file), Buffer.alloc(0));
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await ifThere(() => readdir(folder, { withFileTypes: true }), []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
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
