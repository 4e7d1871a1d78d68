// Owns what /proc says of processes: CPU time and memory of a tree. It reads and changes nothing.
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** User and system time of the process and of its children that have ended. */
  readonly cpuMs: number;
}

export interface TreeMemory {
  /** Sum of what the processes have in memory; pages that they share count for each of them. */
  readonly rssKb: number;
  /**
   * What they have that comes from no file, shared pages divided among those who share them. Pages of
   * programs and libraries are left out: whoever else runs Node on the machine has a share in them.
   */
  readonly ownKb: number;
}

/** proc(5): fields 14 to 17 are in ticks; sysconf(_SC_CLK_TCK) is 100 on every Linux Node runs on. */
const msPerTick = 10;

/** One line of /proc/<pid>/stat. */
export function parseStat(line: string): ProcessStat | undefined {
  // `pid (comm) state ppid ...`; comm may itself hold blanks and brackets.
  const match = /^(\d+) \(.*\) (.*)$/s.exec(line);
  const fields = match?.[2]?.trimEnd().split(' ');
  if (fields === undefined) return undefined;
  // The first of these is field 3 of proc(5).
  const at = (field: number): number => Number(fields[field - 3]);
  const ticks = at(14) + at(15) + at(16) + at(17);
  return { pid: Number(match?.[1]), parent: at(4), cpuMs: ticks * msPerTick };
}

/** Of smaps_rollup, in KB. */
export function parseRollup(text: string): TreeMemory {
  const of = (name: string): number => {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
    return Number(match?.[1] ?? 0);
  };
  return { rssKb: of('Rss'), ownKb: of('Pss_Anon') + of('Pss_Shmem') };
}

/** The processes `roots` and everything below them. */
export function findTree(all: readonly ProcessStat[], roots: readonly number[]): ProcessStat[] {
  const found = new Map<number, ProcessStat>();
  let generation = all.filter(({ pid }) => roots.includes(pid));
  while (generation.length > 0) {
    for (const each of generation) found.set(each.pid, each);
    const parents = new Set(generation.map(({ pid }) => pid));
    generation = all.filter(({ pid, parent }) => parents.has(parent) && !found.has(pid));
  }
  return [...found.values()];
}

/** Only growth means something: a child counts from its start and stays counted after its end. */
export function cpuOfTree(roots: readonly number[]): number {
  return findTree(listProcesses(), roots).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

export function memoryOfTree(roots: readonly number[]): TreeMemory {
  let rssKb = 0;
  let ownKb = 0;
  for (const { pid } of findTree(listProcesses(), roots)) {
    const text = readOptional(`/proc/${pid}/smaps_rollup`);
    if (text === undefined) continue;
    const memory = parseRollup(text);
    rssKb += memory.rssKb;
    ownKb += memory.ownKb;
  }
  return { rssKb, ownKb };
}

/** Sum of the most that each process of a tree ever had in memory. */
export function peakOfTree(roots: readonly number[]): number {
  return findTree(listProcesses(), roots).reduce((sum, { pid }) => sum + peakOf(pid), 0);
}

function peakOf(pid: number): number {
  const status = readOptional(`/proc/${pid}/status`) ?? '';
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}

function listProcesses(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readOptional(`/proc/${name}/stat`))
    .map((line) => (line === undefined ? undefined : parseStat(line)))
    .filter((stat) => stat !== undefined);
}

/** Undefined when the process has ended meanwhile. */
function readOptional(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
