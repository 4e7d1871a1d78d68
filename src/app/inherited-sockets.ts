// Owns which listening sockets whoever started this process has handed over, by the protocol of systemd
// (sd_listen_fds(3)).
import type { InheritedSockets } from '../proxy/open-socket.ts';

/** SD_LISTEN_FDS_START. */
const firstDescriptor = 3;

/** `owner` is the process that they are meant for. */
export function inheritedSockets(
  env: Readonly<Record<string, string | undefined>>,
  owner: number,
): InheritedSockets {
  if (Number(env['LISTEN_PID']) !== owner) return new Map();
  const count = Number(env['LISTEN_FDS']);
  const names = env['LISTEN_FDNAMES']?.split(':') ?? [];
  return new Map(
    Array.from({ length: Number.isInteger(count) ? Math.max(0, count) : 0 }, (_, index) => [
      names[index] ?? 'unknown',
      firstDescriptor + index,
    ]),
  );
}
