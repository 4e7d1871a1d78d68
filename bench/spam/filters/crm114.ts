// Owns CRM114 as a peer: orthogonal sparse bigrams, and learning by thick thresholds as its own trainer
// does, in one process for a whole course.
import { join } from 'node:path';
import type { SpamFilter, StepGroup } from './filter.ts';
import {
  firstLineOf,
  followAsPeer,
  type PeerProgram,
  type PeerWork,
  programMissing,
} from './peer-course.ts';

const script = join(import.meta.dirname, 'crm114.crm');
const slots = 1_048_577;

const program: PeerProgram = {
  name: 'crm114',
  databases: ['ham.css', 'spam.css'],
  begin: () =>
    ['ham', 'spam'].map((label) => `cssutil -b -r -S ${slots} ${label}.css >/dev/null 2>&1`),
  group: (group, work) => runGroups([group], work),
  mixed: (groups, work) => runGroups(groups, work),
  scoreIn: Number,
};

export const crm114: SpamFilter = {
  name: 'crm114',
  setup: `osb unique microgroom, ${slots} slots a class, spam above pR 0; a message is learnt unless it is right by more than 10`,
  threshold: Number.MIN_VALUE,
  missing: () => programMissing('crm', 'crm114'),
  version: () => firstLineOf('crm', ['-v']),
  follow: (mails, course) => followAsPeer(program, mails, course),
};

let lists = 0;

async function runGroups(groups: readonly StepGroup[], work: PeerWork): Promise<string[]> {
  const lines = groups.flatMap(({ kind, places }) =>
    places.map((at) => {
      const verb = kind === 'classify' ? 'classify' : `learn-${work.mails[at]?.label}`;
      return `${verb} ${work.files[at]}`;
    }),
  );
  const list = await work.workplace.write(`list-${lists++}`, lines);
  return [`crm ${script} <${list} || exit 3`];
}
