// Owns the database that one instance of a plugin has for itself: opened when it first asks, closed with it.
import type { DatabaseForm, SqlDatabase } from '../base/database.ts';

export interface OpenDatabase extends SqlDatabase {
  close(): void;
}

export class OwnDatabase {
  readonly #openFile: (form: DatabaseForm) => OpenDatabase;
  #opened: OpenDatabase | undefined;

  constructor(openFile: (form: DatabaseForm) => OpenDatabase) {
    this.#openFile = openFile;
  }

  /** As `PluginServices.database`. */
  readonly open = (form: DatabaseForm): SqlDatabase => {
    this.#opened ??= this.#openFile(form);
    return this.#opened;
  };

  close(): void {
    this.#opened?.close();
    this.#opened = undefined;
  }
}
