// Owns where the database of a plugin lies: one file for each instance, in a folder of the state.
import { join } from 'node:path';
import type { DatabaseForm } from '../base/database.ts';
import { type Database, openDatabase } from './sqlite.ts';

/** Opens or makes it, mode 0600. Throws STORE_UNUSABLE. */
export function openPluginDatabase(
  stateFolder: string,
  instance: string,
  form: DatabaseForm,
): Database {
  return openDatabase(pluginDatabaseFile(stateFolder, instance), form);
}

export function pluginDatabaseFile(stateFolder: string, instance: string): string {
  // The name of an instance may be that of a file, with any characters but a slash.
  return join(stateFolder, 'plugins', `${encodeURIComponent(instance)}.db`);
}
