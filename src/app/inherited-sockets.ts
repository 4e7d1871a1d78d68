// Owns which listening sockets whoever started this process has handed over, by the protocol of systemd
// (sd_listen_fds(3)). It opens nothing and closes nothing.
import { type InheritedSockets, noSockets } from '../proxy/open-socket.ts';

/** SD_LISTEN_FDS_START. */
const firstDescriptor = 3;

const variables = ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES'] as const;

type Environment = Record<string, string | undefined>;

/** `pid` is this process. */
export function inheritedSockets(env: Readonly<Environment>, pid: number): InheritedSockets {
  const { LISTEN_PID: owner, LISTEN_FDS: count, LISTEN_FDNAMES: names } = env;
  if (owner === undefined || count === undefined) return noSockets;
  if (owner !== String(pid)) {
    return refused(
      `they were meant for process ${owner}, and this is ${pid}: postern serve has to be the process that is started, without npm, npx or a shell around it`,
    );
  }
  if (!/^\d{1,4}$/.test(count))
    return refused(`LISTEN_FDS is ${JSON.stringify(count)}, not a number`);
  const labels = names?.split(':') ?? [];
  const byName = new Map<string, number>();
  for (let index = 0; index < Number(count); index++) {
    // What sd_listen_fds_with_names(3) calls a socket without a name.
    byName.set(freeName(labels[index] || 'unknown', byName), firstDescriptor + index);
  }
  return { byName, refusal: undefined };
}

/** All sockets of one unit have one name: the second is NAME.2. */
function freeName(name: string, taken: ReadonlyMap<string, number>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}.${number}`;
  return free;
}

function refused(refusal: string): InheritedSockets {
  return { byName: new Map(), refusal };
}

/** Programs that are started from here must not take them for their own. */
export function forgetInherited(env: Environment): void {
  for (const name of variables) delete env[name];
}
