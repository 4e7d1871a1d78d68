// Owns the check of a folder that Postern writes to: whether it may, who else may, and how much room is left.
import { access, constants, lstat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Diagnosis } from '../../plugin-api/diagnosis.ts';
import { type Check, fail, ok, skipped, warn } from './check.ts';
import { octets } from './words.ts';

export interface FolderRequest {
  /** `spool`, as the configuration calls it. */
  readonly name: string;
  readonly folder: string;
  /** Whether what lies there belongs to other people. */
  readonly content: 'private' | 'passing';
  /** Less room than that is too little before long. */
  readonly wantedBytes: number;
}

/** Below this, writing may fail at any moment. */
const leastBytes = 64 * 1024 ** 2;
const tmpfs = 0x01021994;

export function folderCheck(request: FolderRequest): Check {
  return { subject: `folder ${request.name}`, run: () => diagnose(request) };
}

async function* diagnose(request: FolderRequest): AsyncGenerator<Diagnosis, void, void> {
  const { folder } = request;
  const stats = await lstat(folder).catch(codeOf);
  if (stats === 'ENOENT') {
    yield* beforeTheStart(request);
    return;
  }
  if (typeof stats === 'string') {
    yield skipped(`${folder} cannot be looked at as this user (${stats}); use that of the service`);
    return;
  }
  if (!stats.isDirectory() && !stats.isSymbolicLink()) {
    yield fail(`${folder} is not a folder`, 'Move it away, or name another one.');
    return;
  }
  yield await access(folder, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => ok(`${folder} can be written to`),
    () => notOurs(folder, stats.uid),
  );
  if (request.content === 'private' && (stats.mode & 0o007) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    yield fail(
      `${folder} is open to every user of this machine (mode ${mode})`,
      `chmod 0700 ${folder}`,
    );
  }
  yield await room(folder, request.wantedBytes);
}

/** It is made at the first start, together with folders above it that are missing. */
async function* beforeTheStart({
  folder,
  wantedBytes,
}: FolderRequest): AsyncGenerator<Diagnosis, void, void> {
  let above = dirname(folder);
  for (;;) {
    const stats = await lstat(above).catch(codeOf);
    if (stats !== 'ENOENT' || above === dirname(above)) break;
    above = dirname(above);
  }
  yield await access(above, constants.W_OK | constants.X_OK).then(
    () => ok(`${folder} is made at the start`),
    () =>
      warn(
        `${folder} is not there, and this user may not make it in ${above}`,
        'Make it for the user of the service, or run this as that user.',
      ),
  );
  yield await room(above, wantedBytes);
}

function notOurs(folder: string, owner: number): Diagnosis {
  return owner === process.getuid?.()
    ? fail(`${folder} cannot be written to`, `chmod u+rwx ${folder}`)
    : skipped(
        `${folder} belongs to user ${owner}; run this as that user to see whether it may write`,
      );
}

async function room(folder: string, wantedBytes: number): Promise<Diagnosis> {
  const stats = await statfs(folder).catch(codeOf);
  if (typeof stats === 'string') return skipped(`room in ${folder} is not known (${stats})`);
  const free = stats.bavail * stats.bsize;
  const kind = stats.type === tmpfs ? ' of memory' : '';
  const found = `${octets(free)}${kind} free`;
  if (stats.files > 0 && stats.ffree === 0) {
    return fail(
      'no file can be made any more: the file system has no inodes left',
      'Remove files.',
    );
  }
  if (free < leastBytes) return fail(found, 'Make room: messages are deferred when it runs out.');
  if (free < wantedBytes) {
    return warn(
      `${found}; ${octets(wantedBytes)} would be safe`,
      'Make room, or use another disk.',
    );
  }
  return ok(found);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
