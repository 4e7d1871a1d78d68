// Owns the check-up of the plugin: whether lines can be appended, and for how long there is room. It opens
// no trail, which the running proxy has locked.
import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CheckServices, Diagnosis } from '#plugin-api';
import type { AuditLogOptions } from './options.ts';

/** A trail without room stops deliveries. */
const leastBytes = 64 * 1024 ** 2;

export async function* check(
  { file, keyFile }: AuditLogOptions,
  { resolvePath }: CheckServices,
): AsyncGenerator<Diagnosis, void, void> {
  const path = resolvePath(file);
  const folder = dirname(path);
  yield await writable(path, folder);
  yield* room(folder);
  if (keyFile !== undefined) yield* keyOf(resolvePath(keyFile));
}

/** Rotation and the lock make files beside it. */
async function writable(path: string, folder: string): Promise<Diagnosis> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    await access(path, constants.W_OK).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
    });
    return { level: 'ok', found: `${path} can be written to` };
  } catch (error) {
    const code = codeOf(error);
    return {
      level: 'fail',
      found: `${path} cannot be written to by this user (${code})`,
      advice:
        code === 'ENOENT'
          ? `Make the folder ${folder} for the user of the service.`
          : 'Give it to the user of the service, or run this as that user.',
    };
  }
}

async function* room(folder: string): AsyncGenerator<Diagnosis, void, void> {
  const stats = await statfs(folder).catch(() => undefined);
  if (stats === undefined) return;
  const free = stats.bavail * stats.bsize;
  const found = `${Math.round(free / 1024 ** 2)} MB free for the trail`;
  yield free >= leastBytes
    ? { level: 'ok', found }
    : { level: 'fail', found, advice: 'Make room: without a record nothing is delivered.' };
}

async function* keyOf(path: string): AsyncGenerator<Diagnosis, void, void> {
  const stats = await stat(path).catch(() => undefined);
  if (stats !== undefined && (stats.mode & 0o007) !== 0) {
    yield {
      level: 'warn',
      found: `every user of this machine may use the key ${path}`,
      advice: `chmod o-rwx ${path}`,
    };
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
