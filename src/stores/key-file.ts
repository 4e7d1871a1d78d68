// Owns files that hold one key: made once, whole or not at all, and for their owner only. A key leaves this
// file as an object that prints nothing. What it is for is not known here.
import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskActions, writeSynced } from './durable-file.ts';
import { giveToOwnerOf } from './given-files.ts';

const keyOctets = 32;
const pattern = /^[A-Za-z0-9+/]{43}=\n?$/;

/**
 * The 32 octets in the file, in base64 on one line. Throws an Error that says what is wrong.
 * `whenMissing: 'create'` makes a new key, safe on the disk before anything is done with it.
 */
export async function readKeyFile(
  file: string,
  { whenMissing }: { readonly whenMissing: 'create' | 'refuse' },
): Promise<KeyObject> {
  const found = await findKey(file);
  if (found !== undefined) return found;
  if (whenMissing === 'refuse') throw new Error(`there is no ${file}`);
  await createKeyFile(file);
  const created = await findKey(file);
  if (created === undefined) throw new Error(`${file} has vanished`);
  return created;
}

async function findKey(file: string): Promise<KeyObject | undefined> {
  let text: string;
  try {
    const { mode } = await stat(file);
    if ((mode & 0o007) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0');
      throw new Error(
        `${file} is open to every user of this machine (mode ${shown}); make it 0600`,
      );
    }
    text = await readFile(file, 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  if (!pattern.test(text)) throw new Error(`${file} does not hold 32 octets in base64`);
  return createSecretKey(Buffer.from(text, 'base64'));
}

/** Whole or not at all; when another process is faster, its key stays. */
async function createKeyFile(file: string): Promise<void> {
  const folder = dirname(file);
  const created = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (created !== undefined) await diskActions.syncFolder(dirname(created));
  const temporary = `${file}.${randomUUID()}`;
  try {
    const text = `${randomBytes(keyOctets).toString('base64')}\n`;
    await writeSynced(diskActions, temporary, [Buffer.from(text)]);
    giveToOwnerOf(folder, temporary);
    // Unlike a rename, a link never takes the place of a file that is there.
    await link(temporary, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await diskActions.remove(temporary);
  }
  await diskActions.syncFolder(folder);
}
