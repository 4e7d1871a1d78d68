// Owns the answer to what a file is by its first octets: own tables first, since they know what is
// dangerous, then the npm package file-type. It opens nothing.
import { fileTypeFromBuffer } from 'file-type';
import { findDiskImage } from './disk-image.ts';
import { findInstaller } from './installer.ts';
import type { Kind } from './kind.ts';
import { mayBeKnown } from './known-text.ts';
import { findMarkup } from './markup.ts';
import { findNotebook } from './onenote.ts';
import { findPacked } from './packed.ts';
import { findProgram } from './program.ts';
import { findScript } from './script.ts';
import { findShortcut } from './shortcut.ts';
import { startOfText } from './start-of-text.ts';

/** Enough for all kinds but images of disks. */
export const headBytes = 4100;

const finders = [findProgram, findShortcut, findNotebook, findInstaller, findPacked, findDiskImage];

/** A promise only where the package is asked. */
export function detect(head: Buffer): Kind | undefined | Promise<Kind | undefined> {
  if (head.length === 0) return undefined;
  for (const find of finders) {
    const kind = find(head);
    if (kind !== undefined) return kind;
  }
  const text = isProse(head) ? undefined : startOfText(head);
  const script = text === undefined ? undefined : findScript(text);
  if (script !== undefined) return script;
  const markup = (): Kind | undefined => (text === undefined ? undefined : findMarkup(text));
  return mayBeKnown(head) ? findKnown(head).then((known) => known ?? markup()) : markup();
}

/**
 * Begins as no script and no markup does, in whatever encoding, and has no element further on. A batch
 * file may begin with `echo`.
 */
export function isProse(head: Buffer): boolean {
  const first = String.fromCharCode(head[0] ?? 0);
  return /[a-df-z]/i.test(first) && !head.includes('<');
}

/** Words of the package for what is told more exactly here. */
const toldHere: ReadonlySet<string> = new Set(['exe', 'xml']);

async function findKnown(head: Buffer): Promise<Kind | undefined> {
  try {
    const result = await fileTypeFromBuffer(head);
    return result === undefined || toldHere.has(result.ext) ? undefined : { type: result.ext };
  } catch {
    // It wants to read on where this is only the start of a file.
    return undefined;
  }
}
