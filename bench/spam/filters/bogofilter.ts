// Owns bogofilter as a peer: as in the scripts of TREC it learns every message by its true label.
import type { Label } from '../mail.ts';
import type { SpamFilter, StepGroup } from './filter.ts';
import {
  firstLineOf,
  followAsPeer,
  type PeerProgram,
  type PeerWork,
  programMissing,
} from './peer-course.ts';

// Without the files of configuration of this machine; without transactions it is faster.
const command = 'bogofilter -C -d database --db-transaction=no';
const flagOf: Readonly<Record<Label, string>> = { spam: '-s', ham: '-n' };

const program: PeerProgram = {
  name: 'bogofilter',
  databases: ['database/wordlist.db'],
  // Without a database it judges nothing.
  begin: () => ['mkdir database', "echo '.MSG_COUNT 0 0' | bogoutil -l database/wordlist.db"],
  group: (group, work) => groupLines(group, work),
  mixed: async (groups, work) => groups.flatMap((group) => singleLines(group, work)),
  // -TT -b writes the name of the file before the score.
  scoreIn: (line) => Number(line.split(' ').at(-1)),
};

export const bogofilter: SpamFilter = {
  name: 'bogofilter',
  setup: 'its built-in parameters, spam from 0.99 on; every message is learnt (-s, -n)',
  threshold: 0.99,
  missing: () => programMissing('bogofilter', 'bogofilter'),
  version: () => firstLineOf('bogofilter', ['-V']),
  follow: (mails, course) => followAsPeer(program, mails, course),
};

let lists = 0;

async function groupLines({ kind, places }: StepGroup, work: PeerWork): Promise<string[]> {
  const listOf = (some: readonly number[]): Promise<string> =>
    work.workplace.write(
      `list-${lists++}`,
      some.map((at) => work.files[at] ?? ''),
    );
  if (kind === 'classify') return [orStop(`${command} -TT -b <${await listOf(places)}`)];
  // It counts, so that the order within a group is all the same to it.
  const lines: string[] = [];
  for (const label of ['ham', 'spam'] as const) {
    const some = places.filter((at) => work.mails[at]?.label === label);
    if (some.length > 0)
      lines.push(orStop(`${command} ${flagOf[label]} -b <${await listOf(some)}`));
  }
  return lines;
}

function singleLines({ kind, places }: StepGroup, { mails, files }: PeerWork): string[] {
  return places.map((at) => {
    const flag = kind === 'classify' ? '-TT' : flagOf[mails[at]?.label ?? 'ham'];
    return orStop(`${command} ${flag} -I ${files[at]}`);
  });
}

/** 0, 1 and 2 say spam, ham and unsure. */
function orStop(line: string): string {
  return `${line}; [ $? -lt 3 ] || exit 3`;
}
