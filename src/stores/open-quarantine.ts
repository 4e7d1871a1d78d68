// Owns how a quarantine is opened: its folder, its index and its key, which must fit together.
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { diskActions, type FileActions } from './durable-file.ts';
import { SqliteLetterBox } from './letter-box.ts';
import { prepareFolder } from './private-folder.ts';
import { QuarantineContents } from './quarantine-contents.ts';
import { QuarantineIndex, quarantineMigrations } from './quarantine-index.ts';
import { keyCheckOf, loadQuarantineKey } from './quarantine-key.ts';
import { QuarantineStore, type Retention } from './quarantine-store.ts';
import { openDatabase } from './sqlite.ts';
import type { LetterBox, Quarantine } from './store.ts';

export interface QuarantineSettings extends Retention {
  readonly folder: string;
  /** Made when there is none and nothing has been sealed yet. */
  readonly keyFile: string;
}

export interface QuarantineDeps {
  readonly clock: Clock;
  readonly actions?: FileActions;
}

export interface OpenedQuarantine {
  /** Its `close` closes the letters as well. */
  readonly quarantine: Quarantine;
  readonly letters: LetterBox;
}

const indexName = 'index.db';

/** Whether anybody has ever opened a quarantine there. */
export async function quarantineExists(folder: string): Promise<boolean> {
  try {
    await access(join(folder, indexName));
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

/**
 * Creates what is not there yet, and refuses a folder or a key that others can read.
 * Throws QUARANTINE_UNUSABLE, QUARANTINE_KEY_UNUSABLE or STORE_UNUSABLE.
 */
export async function openQuarantine(
  { folder, keyFile, ...retention }: QuarantineSettings,
  { clock, actions = diskActions }: QuarantineDeps,
): Promise<OpenedQuarantine> {
  const path = resolve(folder);
  const contentsFolder = join(path, 'sealed');
  try {
    await prepareFolder(path, actions);
    await prepareFolder(contentsFolder, actions);
  } catch (cause) {
    throw new AppError('QUARANTINE_UNUSABLE', {
      fault: 'config',
      publicText: 'the quarantine folder cannot be used',
      details: { folder: path },
      cause,
    });
  }
  const database = openDatabase(join(path, indexName), {
    migrations: quarantineMigrations,
    durability: 'full',
  });
  try {
    await actions.syncFolder(path);
    const index = new QuarantineIndex(database, clock);
    // A new key beside originals that another one has sealed would only hide that that one is lost.
    const whenMissing = index.keyCheck() === undefined ? 'create' : 'refuse';
    const key = await loadQuarantineKey(keyFile, { whenMissing });
    if (!index.acceptsKey(keyCheckOf(key))) {
      throw new AppError('QUARANTINE_KEY_UNUSABLE', {
        fault: 'config',
        publicText: 'the key is not the one that this quarantine was made with',
        details: { file: keyFile, folder: path },
      });
    }
    const contents = new QuarantineContents(contentsFolder, key, actions);
    const letters = new SqliteLetterBox(database, key, clock);
    const nowMs = (): number => clock.nowMs();
    return {
      quarantine: new QuarantineStore({ index, contents, letters, retention, nowMs }),
      letters,
    };
  } catch (error) {
    database.close();
    throw error;
  }
}
