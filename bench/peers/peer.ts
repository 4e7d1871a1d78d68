// Owns what all peers have in common: how one is asked for, what is counted of it, how its program is run.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  accepts,
  eventually,
  findProgram,
  killTree,
  run,
  start,
  temporaryFolder,
} from '../../test/helpers/process.ts';
import type { TestCertificates } from '../../test/helpers/test-certificates.ts';

export interface PeerOptions {
  readonly upstreamPort: number;
  /** Encryption on both legs, or on neither. */
  readonly transport: 'plain' | 'tls';
  readonly certificates: TestCertificates;
  /** `repeated`: different users have the same messages, so nothing may be remembered of one for another. */
  readonly messages: 'unique' | 'repeated';
  /** Socket of the clamd of this run; only peers that scan need it. */
  readonly clamdSocket: string | undefined;
  /** Flags of Node for peers that run on it, such as those for a profile. */
  readonly nodeFlags: readonly string[];
}

export interface RunningPeer {
  readonly port: number;
  /** Roots of the process trees that are counted. Empty: there is nothing between client and source. */
  readonly pids: readonly number[];
  /** Processes that the peer needs beside it and that are counted apart. */
  readonly helperPids: readonly number[];
  /** What the peer cannot do of what was asked for. */
  readonly remark?: string;
  /** Ends it as its operator would, where a profile has to be written; by force otherwise. */
  stop(manner?: 'force' | 'ask'): Promise<void>;
}

export interface Peer {
  readonly name: string;
  /** Why it cannot be measured here, or not in this way; undefined when it can. */
  missing(transport: PeerOptions['transport']): string | undefined;
  /** First line of what the program says of its version; undefined when it is none. */
  version(): Promise<string | undefined>;
  start(options: PeerOptions): Promise<RunningPeer>;
}

export interface Folder extends AsyncDisposable {
  readonly path: string;
  readonly log: string;
}

/** A private folder with the papers that programs read from files. */
export async function preparedFolder(name: string, papers: TestCertificates): Promise<Folder> {
  const folder = await temporaryFolder(`bench-${name}`);
  const { certPem, keyPem } = papers.server;
  const secrets = { 'server.key': keyPem, 'server.pem': certPem + keyPem };
  for (const [file, text] of Object.entries(secrets)) {
    await writeFile(join(folder.path, file), text, { mode: 0o600 });
  }
  // Dovecot reads the authority as another user.
  const papersForAll = { 'server.crt': certPem, 'ca.pem': papers.caPem };
  for (const [file, text] of Object.entries(papersForAll)) {
    await writeFile(join(folder.path, file), text, { mode: 0o644 });
  }
  return {
    path: folder.path,
    log: join(folder.path, 'log'),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly folder: Folder;
  readonly helperPids?: readonly number[];
  readonly remark?: string;
  /** Ends what was started for this peer beside its program. */
  readonly release?: () => Promise<void>;
}

const stopLimitMs = 20_000;

/** Runs a program until it listens. What it says goes to a file, as it would at its operator's. */
export async function runProgram(program: Program): Promise<RunningPeer> {
  const { command, args, port, folder, helperPids = [], remark, release } = program;
  // The shell is replaced by the program, so the id is that of the program.
  const script = 'log="$1"; shift; exec "$@" >>"$log" 2>&1';
  const child = await start('/bin/sh', ['-c', script, 'sh', folder.log, command, ...args]);
  let isOver = false;
  const exited = child.exited.then(() => {
    isOver = true;
  });
  const stop = async (manner: 'force' | 'ask' = 'force'): Promise<void> => {
    if (manner === 'ask') {
      child.kill('SIGTERM');
      await eventually(`${command} ends`, () => isOver || undefined, stopLimitMs).catch(() => {});
    }
    killTree(child.pid);
    await exited;
    await release?.();
    await folder[Symbol.asyncDispose]();
  };
  try {
    await eventually(`${command} listens`, async () => {
      if (isOver) throw new Error(`${command} ended: ${await readLog(folder)}`);
      return (await accepts(port)) || undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const peer = { port, pids: [child.pid], helperPids, stop };
  return remark === undefined ? peer : { ...peer, remark };
}

async function readLog(folder: Folder): Promise<string> {
  return readFile(folder.log, 'utf8').catch(() => '');
}

/** The first line of what `command --version` or the like says. */
export async function firstLine(command: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(command, args, { limitMs: 10_000 });
  return `${stdout.toString('utf8')}${stderr}`.trim().split('\n')[0] ?? '';
}

export function missingProgram(name: string, debianPackage: string): string | undefined {
  return findProgram(name) === undefined ? `${debianPackage} is not installed` : undefined;
}
