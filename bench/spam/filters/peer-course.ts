// Owns how a program in C follows a course: its own commands, group by group, with the CPU between them.
import { findProgram, run } from '../../../test/helpers/process.ts';
import type { Mail } from '../mail.ts';
import type { Course, Step } from '../schedule.ts';
import { type CourseResult, groupSteps, type Score, type StepGroup } from './filter.ts';
import { Workplace } from './workplace.ts';

export interface PeerProgram {
  readonly name: string;
  readonly databases: readonly string[];
  /** Lines of shell that begin with an empty model. */
  begin(): readonly string[];
  /** Lines of shell for a group that is large enough to be timed by itself. */
  group(group: StepGroup, work: PeerWork): Promise<readonly string[]>;
  /** Lines of shell for steps of both kinds in turn. */
  mixed(groups: readonly StepGroup[], work: PeerWork): Promise<readonly string[]>;
  /** The score in a line that it writes for a message. */
  scoreIn(line: string): number;
}

export interface PeerWork {
  readonly mails: readonly Mail[];
  readonly files: readonly string[];
  readonly workplace: Workplace;
}

const fewGroups = 20;

export async function followAsPeer(
  program: PeerProgram,
  mails: readonly Mail[],
  course: Course,
): Promise<CourseResult> {
  await using workplace = await Workplace.open(program.name);
  const work = { mails, files: await workplace.writeMails(mails), workplace };
  const groups = groupSteps([...learn(course.prelude), ...course.steps]);
  const isTimed = groups.length <= fewGroups;
  const script = [...program.begin(), 'times'];
  if (isTimed) {
    for (const group of groups) script.push(...(await program.group(group, work)), 'times');
  } else {
    script.push(...(await program.mixed(groups, work)));
  }
  const { lines, childCpuMs } = await workplace.shell(script);
  return {
    scores: toScores(program, groups, lines),
    cpuMs: isTimed ? cpuByKind(groups, childCpuMs) : {},
    modelBytes: { disk: await workplace.octetsOf(program.databases) },
  };
}

export function programMissing(program: string, packageName: string): string | undefined {
  if (process.platform !== 'linux') return `${packageName} is measured on Linux only`;
  return findProgram(program) === undefined
    ? `${packageName} is not installed (Debian package ${packageName})`
    : undefined;
}

/** The first line that a program says of itself. */
export async function firstLineOf(program: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(program, args);
  const [line = ''] = `${stdout.toString('latin1')}${stderr}`.trim().split('\n');
  return line.trim();
}

function toScores(
  program: PeerProgram,
  groups: readonly StepGroup[],
  lines: readonly string[],
): Score[] {
  const places = groups.flatMap(({ kind, places }) => (kind === 'classify' ? places : []));
  if (lines.length !== places.length) {
    throw new Error(`${program.name} judged ${lines.length} of ${places.length} messages`);
  }
  return places.map((at, index) => {
    const score = program.scoreIn(lines[index] ?? '');
    if (Number.isNaN(score)) throw new Error(`${program.name} wrote no score: ${lines[index]}`);
    return { at, score };
  });
}

function learn(places: readonly number[]): Step[] {
  return places.map((at) => ({ kind: 'train', at }));
}

function cpuByKind(groups: readonly StepGroup[], marks: readonly number[]): CourseResult['cpuMs'] {
  const cpuMs = { classify: 0, train: 0 };
  for (const [index, { kind }] of groups.entries()) {
    cpuMs[kind] += (marks[index + 1] ?? 0) - (marks[index] ?? 0);
  }
  return cpuMs;
}
