// Owns networks of the tests' own: namespaces, each held by one process and gone with it, and cables between them.
import { spawnSync } from 'node:child_process';
import { eventually, type Finished, findProgram, type RunOptions, run, start } from './process.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

export interface Namespace extends AsyncDisposable {
  readonly pid: number;
  /** The same command, inside. */
  inside(program: string, ...args: readonly string[]): Command;
  /** A program that has to succeed there. */
  run(program: string, ...args: readonly string[]): Promise<string>;
  /** One that may fail. */
  attempt(command: Command, options?: RunOptions): Promise<Finished>;
}

/** Should a test process be killed, nothing of it is there for longer. */
const longestSeconds = 300;

/** Why no network of its own can be made here; undefined when it can. */
export function namespacesMissing(...programs: readonly string[]): string | undefined {
  for (const program of ['unshare', 'nsenter', 'setpriv', 'ip', ...programs]) {
    if (findProgram(program) === undefined) return `${program} is not installed`;
  }
  const { status, stderr } = spawnSync('unshare', ['--net', 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `network namespaces are not permitted: ${stderr.trim()}`;
}

/** In front of a program: root, but for what concerns the network. */
export const withoutNetAdmin = [
  'setpriv',
  '--bounding-set=-net_admin,-net_raw',
  '--inh-caps=-net_admin,-net_raw',
] as const;

export async function makeNamespace(): Promise<Namespace> {
  const holder = await start('unshare', ['--net', 'sleep', String(longestSeconds)]);
  const inside = (program: string, ...args: readonly string[]): Command => ({
    program: 'nsenter',
    args: [`--net=/proc/${holder.pid}/ns/net`, '--', program, ...args],
  });
  const attempt = ({ program, args }: Command, options: RunOptions = {}): Promise<Finished> =>
    run(program, args, { limitMs: 60_000, ...options });
  const namespace: Namespace = {
    pid: holder.pid,
    inside,
    attempt,
    async run(program, ...args) {
      const { code, stdout, stderr } = await attempt(inside(program, ...args));
      if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
      return stdout.toString();
    },
    async [Symbol.asyncDispose]() {
      holder.kill('SIGKILL');
      await holder.exited;
    },
  };
  // unshare becomes the program that holds the namespace once it has made it.
  await eventually('the namespace is made', async () => {
    const { stdout } = await run('readlink', [`/proc/${holder.pid}/ns/net`, '/proc/self/ns/net']);
    const [its, ours] = stdout.toString().split('\n');
    return its !== ours && its !== '' ? true : undefined;
  });
  await namespace.run('ip', 'link', 'set', 'lo', 'up');
  return namespace;
}

export interface CableEnd {
  readonly namespace: Namespace;
  readonly interface: string;
  /** With the lengths of their prefixes. */
  readonly addresses: readonly string[];
}

/** Joins two namespaces, with addresses at both ends. */
export async function layCable(a: CableEnd, b: CableEnd): Promise<void> {
  const peer = ['peer', 'name', b.interface, 'netns', String(b.namespace.pid)];
  await a.namespace.run('ip', 'link', 'add', a.interface, 'type', 'veth', ...peer);
  for (const end of [a, b]) {
    for (const address of end.addresses) {
      // Without the search for another host of that address, it can be used at once.
      const mode = address.includes(':') ? ['nodad'] : [];
      await end.namespace.run('ip', 'address', 'add', address, 'dev', end.interface, ...mode);
    }
    await end.namespace.run('ip', 'link', 'set', end.interface, 'up');
  }
}
