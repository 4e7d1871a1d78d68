// Owns what the service manager is told: sd_notify(3). Node has no sockets of that kind, so each message is
// sent by systemd's own program. Without a service manager all of it does nothing.
import { spawn } from 'node:child_process';
import type { Clock, Timer } from '../base/clock.ts';
import { explain } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';

type Environment = Record<string, string | undefined>;

/** What a message says, as `NAME=value`. */
export type Assignments = readonly string[];

/** Sends one message; rejects with the reason. */
export type Send = (assignments: Assignments) => Promise<void>;

export interface ManagerServices {
  readonly clock: Clock;
  readonly log: Logger;
  readonly send: Send;
}

const variables = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;

const sendMs = 10_000;

/** Beyond what a timer can hold, Node fires it at once. */
const longestWatchMs = 3_600_000;

/** Undefined when nobody wants to hear. Takes the variables away, so that no child speaks for this process. */
export function takeNotifySocket(env: Environment): Send | undefined {
  const { NOTIFY_SOCKET: socket } = env;
  delete env['NOTIFY_SOCKET'];
  return socket
    ? (assignments) => systemdNotify(assignments, { ...env, NOTIFY_SOCKET: socket })
    : undefined;
}

/** How long the service manager waits for a sign of life; undefined when it does not. */
export function takeWatchdogMs(env: Environment, pid: number): number | undefined {
  const { WATCHDOG_USEC: limit, WATCHDOG_PID: owner } = env;
  for (const name of variables) delete env[name];
  if (limit === undefined || !/^\d{4,15}$/.test(limit)) return undefined;
  if (owner !== undefined && owner !== String(pid)) return undefined;
  return Math.min(Number(limit) / 1000, longestWatchMs);
}

export class ServiceManager {
  readonly #services: ManagerServices;
  #last: Promise<void> = Promise.resolve();
  #watchdog: Timer | undefined;
  #hasFailed = false;

  constructor(services: ManagerServices) {
    this.#services = services;
  }

  ready(status: string): void {
    this.#tell(['READY=1', `STATUS=${status}`]);
  }

  reloading(): void {
    // CLOCK_MONOTONIC, by which the manager tells this reload from an earlier one.
    const monotonicUs = process.hrtime.bigint() / 1000n;
    this.#tell([
      'RELOADING=1',
      `MONOTONIC_USEC=${monotonicUs}`,
      'STATUS=reading the configuration',
    ]);
  }

  stopping(): void {
    this.#watchdog?.cancel();
    this.#tell(['STOPPING=1', 'STATUS=waiting for sessions to end']);
  }

  /** From here on a sign of life is given in half that time, while all is well. */
  watch(limitMs: number, isHealthy: () => boolean): void {
    this.#watchdog = this.#services.clock.after(limitMs / 2, () => {
      if (isHealthy()) this.#tell(['WATCHDOG=1']);
      this.watch(limitMs, isHealthy);
    });
  }

  /** Resolves when all has been said. */
  async said(): Promise<void> {
    await this.#last;
  }

  #tell(assignments: Assignments): void {
    const { send, log } = this.#services;
    // One after another: what is said last is what counts.
    this.#last = this.#last
      .then(() => send(assignments))
      .catch((error: unknown) => {
        if (this.#hasFailed) return;
        this.#hasFailed = true;
        log.warn({ reason: explain(error) }, 'the service manager cannot be told');
      });
  }
}

function systemdNotify(assignments: Assignments, env: Environment): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn('systemd-notify', [...assignments], {
    env,
    stdio: 'ignore',
    timeout: sendMs,
    killSignal: 'SIGKILL',
  });
  child.once('error', reject);
  child.once('exit', (code, signal) => {
    if (code === 0) resolve();
    else reject(new Error(`systemd-notify ended with ${signal ?? `code ${code}`}`));
  });
  return promise;
}
