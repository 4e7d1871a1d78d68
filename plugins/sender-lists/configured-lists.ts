// Owns the entries of the configuration: those written there, and those of its files.
import { type Clock, type Logger, matchesGlob } from '#plugin-api';
import { EntryIndex, type Subject } from './entry-index.ts';
import { ListFile } from './list-file.ts';
import { type Listed, type ListName, oddsOf } from './listed.ts';
import type { ConfiguredEntry, SenderListsOptions } from './options.ts';

interface ForAccounts extends Listed {
  readonly accounts: readonly string[] | undefined;
}

export class ConfiguredLists {
  readonly #written: EntryIndex<ForAccounts>;
  readonly #files: readonly ListFile[];

  private constructor(written: EntryIndex<ForAccounts>, files: readonly ListFile[]) {
    this.#written = written;
    this.#files = files;
  }

  static async open(
    { allow, block, files }: Pick<SenderListsOptions, 'allow' | 'block' | 'files'>,
    services: {
      readonly clock: Clock;
      readonly log: Logger;
      resolvePath(path: string): string;
    },
  ): Promise<ConfiguredLists> {
    const { clock, log, resolvePath } = services;
    const written = new EntryIndex([...toListed(allow, 'allow'), ...toListed(block, 'block')]);
    const opened = files.map((each) =>
      ListFile.open({ ...each, path: resolvePath(each.path) }, clock, log),
    );
    return new ConfiguredLists(written, await Promise.all(opened));
  }

  async find(subject: Subject, user: string): Promise<Listed[]> {
    const found: Listed[] = this.#written
      .find(subject)
      .filter(({ accounts }) => isFor(accounts, user));
    for (const file of this.#files) {
      if (isFor(file.options.accounts, user)) found.push(...(await file.entries()).find(subject));
    }
    return found;
  }
}

function toListed(entries: readonly ConfiguredEntry[], list: ListName): ForAccounts[] {
  return entries.map(({ written, accounts }) => {
    const logOdds = oddsOf({ list, pattern: written.pattern });
    return {
      ...written,
      list,
      accounts,
      scope: 'general',
      origin: 'configuration',
      ...(logOdds !== undefined && { logOdds }),
    };
  });
}

function isFor(accounts: readonly string[] | undefined, user: string): boolean {
  return accounts?.some((pattern) => matchesGlob(pattern, user)) ?? true;
}
