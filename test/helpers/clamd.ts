// Owns a private clamd: the real daemon with one signature, its sockets and files in one temporary
// folder. It needs no network and touches no clamd of the machine.
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assembleEicar } from '../../src/demo/eicar.ts';
import {
  type Child,
  eventually,
  findProgram,
  freePort,
  start,
  type TemporaryFolder,
  temporaryFolder,
} from './process.ts';

export interface ClamdOptions {
  /** Lines of clamd.conf by keyword, over those below: `{ StreamMaxLength: '1M' }`. */
  readonly config?: Readonly<Record<string, string>>;
}

/** What the private database calls the EICAR string; clamd appends that it is not official. */
export const eicarSignature = 'Eicar-Test-Signature.UNOFFICIAL';

const host = '127.0.0.1';

/** Why clamd cannot be used here; undefined when it can. */
export function clamdMissing(): string | undefined {
  if (findProgram('clamd') === undefined) return 'clamd (clamav-daemon) is not installed';
  return undefined;
}

/** Resolves when clamd takes scans, after a few seconds. */
export async function startClamd(options: ClamdOptions = {}): Promise<RunningClamd> {
  const attempts = 3;
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Another test may have taken the port between choosing and listening.
      const isPortTaken = error instanceof Error && /Address already in use/.test(error.message);
      if (!isPortTaken || attempt === attempts) throw error;
    }
  }
}

async function startOnce({ config = {} }: ClamdOptions): Promise<RunningClamd> {
  const installed = findProgram('clamd');
  if (installed === undefined) throw new Error('clamd is not installed');
  const folder = await temporaryFolder('clamd');
  // AppArmor ties Debian's profile, which allows no other configuration, to the installed path.
  const program = join(folder.path, 'clamd');
  await copyFile(installed, program);
  const port = await freePort();
  const socketPath = join(folder.path, 'clamd.sock');
  await writeFile(join(folder.path, 'eicar.ndb'), eicarDatabase());
  const configFile = join(folder.path, 'clamd.conf');
  const settings = {
    Foreground: 'yes',
    DatabaseDirectory: folder.path,
    TemporaryDirectory: folder.path,
    LocalSocket: socketPath,
    TCPAddr: host,
    TCPSocket: String(port),
    StreamMaxLength: '200M',
    MaxFileSize: '200M',
    MaxScanSize: '400M',
    ...config,
  };
  const lines = Object.entries(settings).map(([keyword, value]) => `${keyword} ${value}\n`);
  await writeFile(configFile, lines.join(''));

  const child = await start(program, ['-c', configFile]);
  const clamd = new RunningClamd(child, folder, { socketPath, port, configFile });
  try {
    await clamd.says('Self checking every');
  } catch (error) {
    await clamd.stop();
    throw error;
  }
  return clamd;
}

interface Whereabouts {
  readonly socketPath: string;
  readonly port: number;
  readonly configFile: string;
}

export class RunningClamd implements AsyncDisposable {
  readonly socketPath: string;
  readonly host = host;
  readonly port: number;
  /** Path of its clamd.conf. */
  readonly configFile: string;
  readonly pid: number;
  readonly #child: Child;
  readonly #folder: TemporaryFolder;

  constructor(child: Child, folder: TemporaryFolder, whereabouts: Whereabouts) {
    this.socketPath = whereabouts.socketPath;
    this.port = whereabouts.port;
    this.configFile = whereabouts.configFile;
    this.pid = child.pid;
    this.#child = child;
    this.#folder = folder;
  }

  /** Waits until clamd has written `text`, not counting its first `from` characters of output. */
  async says(text: string, from = 0): Promise<void> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    this.#child.exited.then(over, over);
    await eventually(
      `clamd says "${text}"`,
      () => {
        if (this.output().includes(text, from)) return true;
        if (isOver) throw new Error(`clamd ended: ${this.output()}`);
        return undefined;
      },
      60_000,
    );
  }

  /** What clamd has logged so far. */
  output(): string {
    return this.#child.output();
  }

  /** Loads the database again; resolves when scans use it. */
  async reload(): Promise<void> {
    const from = this.output().length;
    // clamd(8): SIGUSR2 reloads the database.
    process.kill(this.pid, 'SIGUSR2');
    await this.says('Activating the newly loaded database', from);
  }

  /** Settles when the process is gone. */
  get exited(): Promise<unknown> {
    return this.#child.exited;
  }

  /** SIGKILL: connections break off where they are. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Ends clamd, whatever it is doing, and removes its folder. May follow `kill`. */
  async stop(): Promise<void> {
    // SIGTERM would let it wait for scans in progress; the folder goes away in any case.
    this.kill();
    await this.#child.exited;
    await this.#folder[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Any file type, any offset: raw octets as well as decoded parts. */
function eicarDatabase(): string {
  const name = eicarSignature.replace('.UNOFFICIAL', '');
  return `${name}:0:*:${Buffer.from(assembleEicar(), 'latin1').toString('hex')}\n`;
}
