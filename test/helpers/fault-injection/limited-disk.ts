// Owns a folder on a small file system that a test can fill up and free again.
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fillDisk } from '../full-disk.ts';
import { temporaryFolder } from '../process.ts';

export interface LimitedDisk extends AsyncDisposable {
  /** `full`: a file system without room. `unusable`: the folder is gone, where mounting is forbidden. */
  readonly kind: 'full' | 'unusable';
  readonly path: string;
  /** Nothing more can be stored; counts how often, so that fillings may overlap. */
  fill(): Promise<void>;
  free(): Promise<void>;
}

export interface LimitedDiskOptions {
  readonly purpose: string;
  /** As for mount: `48m`. */
  readonly size: string;
  /** Folder in it that stands for the whole disk where there is no file system of its own. */
  readonly victim: string;
}

const fillerPiece = Buffer.alloc(1_048_576);

export async function startLimitedDisk(options: LimitedDiskOptions): Promise<LimitedDisk> {
  const folder = await temporaryFolder(options.purpose);
  const path = join(folder.path, 'disk');
  await mkdir(path, { mode: 0o700 });
  const disk = await fillDisk(path, options.size);
  if (disk.kind === 'unusable') {
    await rm(path);
    await mkdir(path, { mode: 0o700 });
  }
  const victim = join(path, options.victim);
  await mkdir(victim, { mode: 0o700 });
  const filler = join(path, 'filler');
  const aside = join(folder.path, 'aside');

  const fill = async (): Promise<void> => {
    if (disk.kind === 'full') return fillUp(filler);
    await rename(victim, aside);
    await writeFile(victim, '');
  };
  const free = async (): Promise<void> => {
    if (disk.kind === 'full') return rm(filler, { force: true });
    await rm(victim);
    await rename(aside, victim);
  };

  let fillings = 0;
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  };
  return {
    kind: disk.kind,
    path,
    fill: () =>
      inTurn(async () => {
        fillings += 1;
        if (fillings === 1) await fill();
      }),
    free: () =>
      inTurn(async () => {
        fillings -= 1;
        if (fillings === 0) await free();
      }),
    async [Symbol.asyncDispose]() {
      await turn;
      await disk[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** To the last octet: large pieces first, then what still fits. */
async function fillUp(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    let piece = fillerPiece;
    while (piece.length > 0) {
      try {
        const { bytesWritten } = await file.write(piece);
        if (bytesWritten < piece.length) piece = piece.subarray(0, piece.length >> 1);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        piece = piece.subarray(0, piece.length >> 1);
      }
    }
  } finally {
    await file.close();
  }
}
