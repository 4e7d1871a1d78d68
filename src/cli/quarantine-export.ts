// Owns writing an original out of the quarantine, octet for octet.
import { open, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hasContent } from '../stores/quarantine-states.ts';
import type { Quarantine, QuarantineEntry } from '../stores/store.ts';
import { quarantineError } from './quarantine-access.ts';

/** To a new file, or to `stdout` for `-`; returns a line to say, undefined for `-`. */
export async function exportOriginal(
  quarantine: Quarantine,
  { id, code, state, octets }: QuarantineEntry,
  file: string,
  stdout: Writable,
): Promise<string | undefined> {
  if (!hasContent(state)) {
    throw quarantineError(`${code} is ${state}: the original is not in quarantine any more.`);
  }
  if (file === '-') {
    await pipeline(quarantine.read(id), stdout, { end: false });
    return undefined;
  }
  const handle = await create(file);
  try {
    for await (const piece of quarantine.read(id)) await handle.writeFile(piece);
    await handle.close();
  } catch (error) {
    await handle.close().catch(() => {});
    // Half a message must not be taken for a whole one.
    await rm(file, { force: true });
    throw error;
  }
  return `${file}: ${octets} octets`;
}

async function create(file: string) {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw quarantineError(`${file} exists already; name another file with --output.`);
    }
    throw error;
  }
}
