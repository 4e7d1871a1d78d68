// Owns noticing that a configuration file has changed: by SIGHUP, or by itself when asked to.
import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Editors and deployment tools write in several steps. */
const settleMs = 250;

export interface Watching {
  stop(): void;
}

/** Calls back at each SIGHUP. */
export function onHangup(callback: () => void): Watching {
  process.on('SIGHUP', callback);
  return { stop: () => process.off('SIGHUP', callback) };
}

/**
 * Calls back when the content of the file is another one. The folder is watched and not the file, so
 * that a file put in its place by a rename, or behind a symbolic link, is noticed too.
 */
export async function onChange(file: string, callback: () => void): Promise<Watching> {
  const path = resolve(file);
  let known = await digestOf(path);
  let timer: NodeJS.Timeout | undefined;
  const compare = async (): Promise<void> => {
    const digest = await digestOf(path);
    // A file that is missing is on its way: whoever moves it will cause another event.
    if (digest === undefined || digest === known) return;
    known = digest;
    callback();
  };
  const watcher = watch(dirname(path), { persistent: false }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void compare(), settleMs);
    timer.unref();
  });
  // A folder that is removed ends the watching, not the process.
  watcher.on('error', () => {});
  return {
    stop() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

async function digestOf(path: string): Promise<string | undefined> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch {
    return undefined;
  }
}
