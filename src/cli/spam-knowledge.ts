// Owns how commands get at what a plugin has learned, and how it is shown and moved.
import { createReadStream, createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openLearningPlugins } from '../app/learning-plugins.ts';
import { silentLogger } from '../base/log.ts';
import { loadConfig } from '../config/load.ts';
import type { Knowledge, KnowledgeEntry } from '../plugin-api/knowledge.ts';
import type { LessonAccount } from '../plugin-api/lesson.ts';
import { type AccountChoice, accountFor } from './account-choice.ts';
import { findConfigFile } from './config-file.ts';
import { CliError, exitCodes } from './failure.ts';
import { standardInput } from './stored-mail.ts';
import { type Column, jsonLine, minuteOf, tableLines } from './table.ts';

export interface KnowledgeOptions extends AccountChoice {
  readonly config?: string;
  readonly plugin?: string;
}

/** Runs `work` on what the one plugin has learned that is meant. */
export async function withKnowledge(
  options: KnowledgeOptions,
  work: (knowledge: Knowledge, account: LessonAccount | undefined) => Promise<void>,
): Promise<void> {
  const loaded = await loadConfig(await findConfigFile(options.config));
  const account = accountFor(options, loaded.config);
  await using training = await openLearningPlugins(loaded, silentLogger, tmpdir());
  const found = training.pipeline.plugins.flatMap(({ name, instance: { knowledge } }) =>
    knowledge !== undefined && (options.plugin ?? name) === name ? [{ name, knowledge }] : [],
  );
  const [only, ...others] = found;
  if (only === undefined) {
    const which = options.plugin === undefined ? 'No plugin' : `No plugin ${options.plugin}`;
    throw knowledgeError(`${which} of this configuration keeps what it learns.`);
  }
  if (others.length > 0) {
    const names = found.map(({ name }) => name).join(' or ');
    throw knowledgeError(`Several plugins learn: say which with --plugin, ${names}.`);
  }
  await work(only.knowledge, account);
}

export async function knowledgeLines(
  knowledge: Knowledge,
  account: LessonAccount | undefined,
  { json }: { readonly json?: boolean },
): Promise<string[]> {
  const entries: KnowledgeEntry[] = [];
  for await (const entry of knowledge.list()) {
    const isMeant = account === undefined || isSame(entry.account, account);
    if (isMeant) entries.push(entry);
  }
  return json === true ? entries.map(toJson) : tableLines(columns, entries);
}

/** To a new file, or to standard output. */
export async function exportKnowledge(
  knowledge: Knowledge,
  account: LessonAccount | undefined,
  file: string | undefined,
): Promise<void> {
  const content = knowledge.export(account);
  if (content === undefined) throw knowledgeError(nothingLearned(account));
  const output =
    file === undefined ? process.stdout : createWriteStream(file, { flags: 'wx', mode: 0o600 });
  await pipeline(Readable.from(content), output, { end: file !== undefined });
}

/** What is there afterwards, in one line. */
export async function importKnowledge(
  knowledge: Knowledge,
  account: LessonAccount | undefined,
  file: string,
): Promise<string> {
  const input = file === standardInput ? process.stdin : createReadStream(file);
  const { spamLessons, hamLessons } = await knowledge.import(account, octetsOf(input));
  return `imported, with ${spamLessons} lessons of spam and ${hamLessons} of ham`;
}

const columns: readonly Column<KnowledgeEntry>[] = [
  { title: 'ACCOUNT', maxWidth: 48, show: ({ account }) => account?.user ?? '(all)' },
  { title: 'SERVER', maxWidth: 40, show: ({ account }) => account?.upstreamHost ?? '-' },
  { title: 'SPAM', maxWidth: 8, show: ({ spamLessons }) => String(spamLessons) },
  { title: 'HAM', maxWidth: 8, show: ({ hamLessons }) => String(hamLessons) },
  { title: 'CHANGED', maxWidth: 16, show: ({ changedMs }) => minuteOf(changedMs) },
];

function toJson({ account, spamLessons, hamLessons, changedMs }: KnowledgeEntry): string {
  return jsonLine({
    account: account?.user ?? null,
    server: account?.upstreamHost ?? null,
    spamLessons,
    hamLessons,
    changed: new Date(changedMs).toISOString(),
  });
}

function isSame(one: LessonAccount | undefined, other: LessonAccount): boolean {
  return one?.user === other.user && one.upstreamHost === other.upstreamHost;
}

function nothingLearned(account: LessonAccount | undefined): string {
  return account === undefined
    ? 'Nothing was learned for all accounts yet.'
    : `Nothing was learned for ${account.user} at ${account.upstreamHost} yet.`;
}

async function* octetsOf(input: AsyncIterable<unknown>): AsyncGenerator<Buffer, void, void> {
  for await (const piece of input) {
    if (!Buffer.isBuffer(piece)) throw new TypeError('an import is read as octets');
    yield piece;
  }
}

function knowledgeError(line: string): CliError {
  return new CliError([`postern spam: ${line}`], exitCodes.configuration);
}
