// Owns releasing and deleting: all that was named can be done, or nothing is.
import { mayBecome, statesBefore } from '../stores/quarantine-states.ts';
import type { Quarantine, QuarantineEntry } from '../stores/store.ts';
import { escapeText } from '../telemetry/redact.ts';
import type { NotedWord } from '../training/quarantine-lessons.ts';
import { findEntries, quarantineError, type Settle } from './quarantine-access.ts';
import { type Filters, queryOf } from './quarantine-selection.ts';

export interface ChangeOptions extends Filters {
  readonly all?: boolean;
  readonly yes?: boolean;
}

export interface Change {
  readonly verb: 'release' | 'delete';
  readonly state: 'released' | 'discarded';
  /** What follows from it, behind code and account. */
  readonly outcome: string;
}

export const release: Change = {
  verb: 'release',
  state: 'released',
  outcome: 'released: it comes with the next session',
};

export const remove: Change = {
  verb: 'delete',
  state: 'discarded',
  outcome: 'deleted: the copy on the mail server may go, too',
};

export interface ChangeTools {
  readonly quarantine: Quarantine;
  readonly settle: Settle;
}

const aside: Readonly<Record<NotedWord, string>> = {
  noted: '; the spam filter will learn from it',
  none: '',
  failed: '; the spam filter could not be given it to learn',
};

/** Lines that say what was done. */
export async function applyChange(
  { quarantine, settle }: ChangeTools,
  change: Change,
  codes: readonly string[],
  options: ChangeOptions,
  nowMs: number,
): Promise<string[]> {
  const entries = options.all
    ? await selected(quarantine, change, codes, options, nowMs)
    : await named(quarantine, change, codes, options);
  const lines: string[] = [];
  for (const entry of entries) {
    const lesson = await settle(entry, change.state);
    const { code, user } = entry;
    lines.push(`${code} of ${escapeText(user)}: ${change.outcome}${aside[lesson]}`);
  }
  return lines;
}

async function named(
  quarantine: Quarantine,
  { verb, state }: Change,
  codes: readonly string[],
  { account, upstream, state: states, since, limit }: ChangeOptions,
): Promise<QuarantineEntry[]> {
  if (codes.length === 0) throw quarantineError(`Name the codes of messages, or say --all.`);
  if ([account, upstream, states, since, limit].some((filter) => filter !== undefined)) {
    throw quarantineError(`Filters go with --all, not with codes.`);
  }
  const entries = await findEntries(quarantine, codes);
  const wrong = entries.filter((entry) => entry.state !== state && !mayBecome(entry.state, state));
  if (wrong.length > 0) {
    throw quarantineError(
      ...wrong.map((entry) => `${entry.code} is ${entry.state}: there is nothing to ${verb}.`),
      'Nothing was changed.',
    );
  }
  if (verb === 'release') await refuseUnreadable(quarantine, entries);
  return entries;
}

/** A release without content would meet its reader as an error at every poll. */
async function refuseUnreadable(
  quarantine: Quarantine,
  entries: readonly QuarantineEntry[],
): Promise<void> {
  const safe = await Promise.all(entries.map(({ id }) => quarantine.isSafe(id)));
  const lost = entries.filter((_, index) => !safe[index]);
  if (lost.length === 0) return;
  throw quarantineError(
    ...lost.map(({ code }) => `${code} has lost its content: bring its file back from a backup.`),
    'Nothing was changed.',
  );
}

async function selected(
  quarantine: Quarantine,
  { verb, state }: Change,
  codes: readonly string[],
  options: ChangeOptions,
  nowMs: number,
): Promise<QuarantineEntry[]> {
  if (codes.length > 0) throw quarantineError(`Name codes or say --all, not both.`);
  // Of an expired message there is nothing to see any more: it is deleted only when that is said.
  const defaultStates = statesBefore(state).filter((before) => before !== 'expired');
  const found = await quarantine.list(queryOf(options, defaultStates, nowMs));
  const entries = found.filter((entry) => mayBecome(entry.state, state));
  if (entries.length > 0 && !options.yes) {
    const count = entries.length === 1 ? 'one message' : `${entries.length} messages`;
    throw quarantineError(
      `This would ${verb} ${count}. Say --yes to do it, or look at them with postern quarantine list.`,
    );
  }
  return entries;
}
