// Owns the type of what plugins keep, so that stores need not know of plugins.

/** What a plugin may keep: JSON, at most 64 KB each, by its own keys. Survives a restart. */
export interface KeptValues {
  get(key: string): Promise<unknown>;
  /** `ttlMs`: forgotten after that; by default never. */
  set(key: string, value: unknown, options?: { readonly ttlMs?: number }): Promise<void>;
  delete(key: string): Promise<void>;
  /** In the order of the keys. */
  entries(prefix: string): AsyncIterable<readonly [key: string, value: unknown]>;
}
