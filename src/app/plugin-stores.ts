// Owns where plugins keep things when no proxy is around them: nowhere, or where the proxy has it too.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import type { PluginHost } from '../pipeline/registry.ts';
import { type KeptValuesFile, openKeptValues } from '../stores/kept-values.ts';
import { createMemoryKeptValues } from '../stores/memory-kept-values.ts';
import { openPluginDatabase, pluginDatabaseFile } from '../stores/plugin-database.ts';
import { openDatabase } from '../stores/sqlite.ts';

export interface PluginStores extends Pick<PluginHost, 'storeFor' | 'databaseFor'> {
  /** After the plugins are gone. */
  close(): void;
}

/** In the state folder of a proxy. */
export const keptValuesFile = 'plugins.db';

export function memoryStores(): PluginStores {
  return {
    storeFor: () => createMemoryKeptValues(systemClock),
    databaseFor: (_plugin, form) => openDatabase(':memory:', form),
    close() {},
  };
}

/** `memory`: what the proxy has not made yet is not made here. */
export function stateStores(
  folder: string,
  { whenMissing }: { readonly whenMissing: 'create' | 'memory' },
): PluginStores {
  const memory = memoryStores();
  const isUsed = (file: string): boolean => whenMissing === 'create' || existsSync(file);
  let keptValues: KeptValuesFile | undefined;
  return {
    storeFor(plugin) {
      const file = join(folder, keptValuesFile);
      if (keptValues === undefined && !isUsed(file)) return memory.storeFor(plugin);
      keptValues ??= openKeptValues(file, systemClock);
      return keptValues.of(plugin);
    },
    databaseFor: (plugin, form) =>
      isUsed(pluginDatabaseFile(folder, plugin))
        ? openPluginDatabase(folder, plugin, form)
        : memory.databaseFor(plugin, form),
    close: () => keptValues?.close(),
  };
}
