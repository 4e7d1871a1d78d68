// Owns that what an administrator makes as root beside the files of a service belongs to that service,
// which could not open it otherwise.
import { chownSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes the folder that `file` is to lie in, mode 0700, and returns it. */
export function prepareParent(file: string): string {
  const folder = dirname(file);
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (made === undefined) return folder;
  // `made` is the outermost one: those between it and `folder` are new as well.
  for (let each = folder; each.length >= made.length; each = dirname(each)) {
    giveToOwnerOf(dirname(made), each);
  }
  return folder;
}

export function giveToOwnerOf(folder: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  if (uid !== 0) chownSync(path, uid, gid);
}
