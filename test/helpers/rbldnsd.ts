// Owns a private rbldnsd: the real server of lists in the DNS, with its data in a temporary folder.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, findProgram, freePort, start, temporaryFolder } from './process.ts';

export interface RbldnsdZone {
  readonly name: string;
  /** `ip4trie`, `ip6trie`, `dnset`. */
  readonly type: string;
  /** Lines of its data file. */
  readonly data: readonly string[];
}

export interface RunningRbldnsd extends AsyncDisposable {
  /** `127.0.0.1:40000`. */
  readonly address: string;
}

/** Why it cannot be used here; undefined when it can. */
export function rbldnsdMissing(): string | undefined {
  return findProgram('rbldnsd') === undefined ? 'rbldnsd is not installed' : undefined;
}

export async function startRbldnsd(zones: readonly RbldnsdZone[]): Promise<RunningRbldnsd> {
  const program = findProgram('rbldnsd');
  if (program === undefined) throw new Error('rbldnsd is not installed');
  const folder = await temporaryFolder('rbldnsd');
  await chmod(folder.path, 0o755);
  for (const [index, { data }] of zones.entries()) {
    await writeFile(join(folder.path, `zone${index}`), `${data.join('\n')}\n`);
  }
  const port = await freePort();
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const specifications = zones.map(({ name, type }, index) => `${name}:${type}:zone${index}`);
  const args = ['-n', '-b', `127.0.0.1/${port}`, '-w', folder.path, ...user, ...specifications];
  const child = await start(program, args);
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await child.exited;
    await folder[Symbol.asyncDispose]();
  };
  try {
    await eventually(
      'rbldnsd has its zones',
      () => /\bstarted\b/.test(child.output()) || undefined,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { address: `127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
}
