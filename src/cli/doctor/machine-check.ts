// Owns what the machine allows compared with what the configuration wants: descriptors, memory, the queue
// of connections that wait to be accepted.
import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { Config } from '../../config/schema.ts';
import { type Check, ok, skipped, warn } from './check.ts';
import { counted, octets } from './words.ts';

export interface MachineFacts {
  /** Of this process; the service may have another limit. */
  readonly maxDescriptors: number | undefined;
  /** Of the machine or the container. */
  readonly memoryBytes: number;
  readonly acceptQueue: number | undefined;
  readonly processors: number;
}

/** Client, mail server, spool file, and a scanner for some. */
const descriptorsPerSession = 4;
const ownDescriptors = 100;
const processBytes = 65 * 1024 ** 2;
/** TLS on both legs. */
const sessionBytes = 120 * 1024;
/** Node asks for this many. */
const wantedQueue = 511;

export async function machineFacts(): Promise<MachineFacts> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const queue = await readFile('/proc/sys/net/core/somaxconn', 'utf8').catch(() => '');
  const constrained = process.constrainedMemory();
  const machine = totalmem();
  return {
    maxDescriptors: numberIn(/^Max open files\s+(\d+)/m.exec(limits)?.[1]),
    // Without a limit Node tells a number that is larger than any machine, or none.
    memoryBytes: constrained > 0 && constrained < machine ? constrained : machine,
    acceptQueue: numberIn(queue.trim()),
    processors: availableParallelism(),
  };
}

export function machineCheck(
  { limits, workers }: Pick<Config, 'limits' | 'workers'>,
  facts: MachineFacts,
): Check {
  return {
    subject: 'machine',
    async *run() {
      yield descriptors(facts.maxDescriptors, limits.maxSessions);
      yield memory(facts, limits, workers === 'auto' ? facts.processors : workers);
      yield queue(facts.acceptQueue);
    },
  };
}

function descriptors(most: number | undefined, maxSessions: number) {
  if (most === undefined) return skipped('the limit of open files is not known');
  const wanted = maxSessions * descriptorsPerSession + ownDescriptors;
  const found = `${most} open files allowed to this process, ${wanted} wanted for ${maxSessions} sessions`;
  return most >= wanted
    ? ok(found)
    : warn(found, 'Raise LimitNOFILE of the service (ulimit -n), or lower limits.max_sessions.');
}

function memory(facts: MachineFacts, limits: Config['limits'], workers: number) {
  const processes = workers > 1 ? workers + 1 : 1;
  const wanted =
    limits.memoryTotalBytes + processes * processBytes + limits.maxSessions * sessionBytes;
  const found = `up to ${octets(wanted)} wanted (${counted(processes, 'process', 'processes')}, limits.memory_total, ${limits.maxSessions} sessions) of ${octets(facts.memoryBytes)}`;
  return wanted < facts.memoryBytes * 0.8
    ? ok(found)
    : warn(found, 'Lower limits.max_sessions, limits.memory_total or workers, or add memory.');
}

function queue(length: number | undefined) {
  if (length === undefined) return skipped('net.core.somaxconn is not known');
  const found = `net.core.somaxconn is ${length}`;
  return length >= wantedQueue
    ? ok(found)
    : warn(found, `Clients that come all at once are turned away: sysctl net.core.somaxconn=4096`);
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
