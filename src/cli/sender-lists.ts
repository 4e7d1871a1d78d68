// Owns how commands get at the senders that a plugin remembers, and how these are shown and changed.
import { tmpdir } from 'node:os';
import { openLearningPlugins } from '../app/learning-plugins.ts';
import { silentLogger } from '../base/log.ts';
import { loadConfig } from '../config/load.ts';
import type { LessonAccount } from '../plugin-api/lesson.ts';
import type { BookedEntry, BookedSender, SenderBook } from '../plugin-api/sender-book.ts';
import { type AccountChoice, accountFor } from './account-choice.ts';
import { findConfigFile } from './config-file.ts';
import { CliError, exitCodes } from './failure.ts';
import { type Column, jsonLine, minuteOf, tableLines } from './table.ts';

export interface WhoseOptions extends AccountChoice {
  readonly config?: string;
  readonly plugin?: string;
}

export interface ShowOptions extends WhoseOptions {
  readonly json?: boolean;
}

export interface PutOptions extends WhoseOptions {
  readonly until?: string;
}

/** Runs `work` on the lists of the one plugin that is meant. */
export async function withSenderBook(
  options: WhoseOptions,
  work: (book: SenderBook, account: LessonAccount | undefined) => Promise<void>,
): Promise<void> {
  const loaded = await loadConfig(await findConfigFile(options.config));
  const account = accountFor(options, loaded.config);
  await using learning = await openLearningPlugins(loaded, silentLogger, tmpdir());
  const found = learning.pipeline.plugins.flatMap(({ name, instance: { senderBook } }) =>
    senderBook !== undefined && (options.plugin ?? name) === name ? [{ name, senderBook }] : [],
  );
  const [only, ...others] = found;
  if (only === undefined) {
    const which = options.plugin === undefined ? 'No plugin' : `No plugin ${options.plugin}`;
    throw listsError(
      `${which} of this configuration keeps lists of senders.`,
      'Put one into its chain, such as  plugins: [{use: sender-lists}]',
    );
  }
  if (others.length > 0) {
    const names = found.map(({ name }) => name).join(' or ');
    throw listsError(`Several plugins keep lists: say which with --plugin, ${names}.`);
  }
  await work(only.senderBook, account);
}

export function showLines(
  book: SenderBook,
  account: LessonAccount | undefined,
  { json }: { readonly json?: boolean },
): string[] {
  const entries = [...book.entries(account ?? 'everyone')];
  if (json === true) return entries.map(toJson);
  return entries.length === 0 ? ['No sender is on a list.'] : tableLines(columns, entries);
}

/** One line for each of them. */
export function putEntries(
  book: SenderBook,
  { list, account }: Pick<BookedSender, 'list' | 'account'>,
  entries: readonly string[],
  { until }: PutOptions,
): string[] {
  if (until !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(until)) {
    throw listsError(`--until takes a day such as 2027-01-31, and not ${until}.`);
  }
  const ending = until === undefined ? '' : ` until ${until}`;
  return heeding(() =>
    entries.map((written) => {
      const { entry } = book.put({
        account,
        list,
        entry: `${written}${ending}`,
        untilMs: undefined,
      });
      return `${list === 'allow' ? 'allowed' : 'blocked'}: ${entry}${ending} ${forWhom(account)}`;
    }),
  );
}

export function removeEntries(
  book: SenderBook,
  account: LessonAccount | undefined,
  entries: readonly string[],
): string[] {
  return heeding(() =>
    entries.map((entry) =>
      book.remove(account, entry)
        ? `removed: ${entry} ${forWhom(account)}`
        : `not on a list: ${entry} ${forWhom(account)}`,
    ),
  );
}

/** What is no entry, or one too many, is for whoever typed it to put right. */
function heeding<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError)
      throw listsError(error.message);
    throw error;
  }
}

function forWhom(account: LessonAccount | undefined): string {
  return account === undefined ? '(all accounts)' : `(${account.user} at ${account.upstreamHost})`;
}

const columns: readonly Column<BookedEntry>[] = [
  { title: 'LIST', maxWidth: 5, show: ({ list }) => list },
  { title: 'ENTRY', maxWidth: 60, show: ({ entry }) => entry },
  { title: 'ACCOUNT', maxWidth: 40, show: ({ account }) => account?.user ?? '(all)' },
  { title: 'SERVER', maxWidth: 40, show: ({ account }) => account?.upstreamHost ?? '-' },
  { title: 'BY', maxWidth: 12, show: ({ origin }) => origin },
  { title: 'SINCE', maxWidth: 16, show: ({ addedAtMs }) => minuteOf(addedAtMs) },
  {
    title: 'UNTIL',
    maxWidth: 16,
    show: ({ untilMs }) => (untilMs === undefined ? '-' : minuteOf(untilMs)),
  },
];

function toJson({ account, list, entry, origin, addedAtMs, untilMs }: BookedEntry): string {
  return jsonLine({
    list,
    entry,
    account: account?.user ?? null,
    server: account?.upstreamHost ?? null,
    by: origin,
    since: new Date(addedAtMs).toISOString(),
    until: untilMs === undefined ? null : new Date(untilMs).toISOString(),
  });
}

function listsError(...lines: readonly string[]): CliError {
  return new CliError(
    lines.map((line, index) => (index === 0 ? `postern lists: ${line}` : line)),
    exitCodes.configuration,
  );
}
