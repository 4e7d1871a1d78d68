// Owns what makes a folder fit for other people's mail: ours alone, and free of unfinished files.
import { access, constants, lstat, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileActions } from './durable-file.ts';

const temporaryPattern = /^\.unfinished-[0-9a-f-]{36}$/;

/** A name that `prepareFolder` takes for a left-over of a crash. */
export function temporaryName(uuid: string): string {
  return `.unfinished-${uuid}`;
}

/** `folder` is an absolute path without a slash at its end, which would hide a symbolic link. */
export async function prepareFolder(folder: string, actions: FileActions): Promise<void> {
  const created = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (created !== undefined) await actions.syncFolder(dirname(folder));

  const stats = await lstat(folder);
  if (stats.isSymbolicLink()) throw new Error(`${folder} is a symbolic link`);
  if (!stats.isDirectory()) throw new Error(`${folder} is not a folder`);
  if ((stats.mode & 0o007) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    throw new Error(`${folder} is open to every user of this machine (mode ${mode}); make it 0700`);
  }
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);

  const names = await readdir(folder);
  const leftOver = names.filter((name) => temporaryPattern.test(name));
  await Promise.all(leftOver.map((name) => actions.remove(join(folder, name))));
}
