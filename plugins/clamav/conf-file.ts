// Owns finding the clamd.conf of a clamd: the one that is named, or the one in a usual place that
// names the very socket on which the scans go out.
import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ClamdConf, parseClamdConf } from './clamd-conf.ts';
import type { ServerOptions } from './server-options.ts';

export interface ConfFile {
  readonly path: string;
  readonly conf: ClamdConf;
}

/** Of Debian and its kin, Red Hat and its kin, Alpine and Arch, the BSDs and builds from source. */
const usualPlaces: readonly string[] = [
  '/etc/clamav/clamd.conf',
  '/etc/clamd.d/scan.conf',
  '/etc/clamd.conf',
  '/usr/local/etc/clamd.conf',
  '/usr/local/etc/clamav/clamd.conf',
];

/** Undefined when nothing is known. Rejects when a file was named and cannot be read. */
export async function findConf(
  { address, clamdConf }: Pick<ServerOptions, 'address' | 'clamdConf'>,
  places: readonly string[] = usualPlaces,
): Promise<ConfFile | undefined> {
  if (clamdConf !== undefined) return await readNamed(clamdConf);
  // Of a clamd behind TCP nothing here can tell which file it was started with.
  if (address.kind !== 'unix') return undefined;
  const socket = await whereItLies(address.path);
  for (const path of places) {
    const text = await readFile(path, 'latin1').catch(() => undefined);
    if (text === undefined) continue;
    const conf = parseClamdConf(text);
    if (conf.localSocket === undefined) continue;
    if ((await whereItLies(conf.localSocket)) === socket) return { path, conf };
  }
  return undefined;
}

async function readNamed(path: string): Promise<ConfFile> {
  try {
    return { path, conf: parseClamdConf(await readFile(path, 'latin1')) };
  } catch (cause) {
    throw new Error(`the file that clamd_conf names cannot be read: ${path}`, { cause });
  }
}

/** The folder is resolved (/var/run is /run), but not the socket: clamd may come later. */
async function whereItLies(path: string): Promise<string> {
  const folder = dirname(path);
  return join(await realpath(folder).catch(() => folder), basename(path));
}
