// Owns a folder on which nothing of any size can be stored.
import { rm, writeFile } from 'node:fs/promises';
import { findProgram, run } from './process.ts';

export interface FullDisk extends AsyncDisposable {
  /** `full`: a very small file system; `unusable`: no folder any more, where mounting is forbidden. */
  readonly kind: 'full' | 'unusable';
}

/** Turns an empty folder into one that takes no more than `size` in all, or nothing. */
export async function fillDisk(folder: string, size = '64k'): Promise<FullDisk> {
  if (await mountTiny(folder, size)) {
    return {
      kind: 'full',
      async [Symbol.asyncDispose]() {
        await run('umount', ['-l', folder]);
      },
    };
  }
  // A file in the place of the folder stops root too, whom permissions do not.
  await rm(folder, { recursive: true });
  await writeFile(folder, '');
  return { kind: 'unusable', async [Symbol.asyncDispose]() {} };
}

async function mountTiny(folder: string, size: string): Promise<boolean> {
  if (findProgram('mount') === undefined) return false;
  const { code } = await run('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${size},mode=700`,
    'postern-test',
    folder,
  ]);
  return code === 0;
}
