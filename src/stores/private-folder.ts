// Owns what makes a folder fit for other people's mail: no other user of the machine gets in.
import { access, constants, lstat, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileActions } from './durable-file.ts';

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
}
