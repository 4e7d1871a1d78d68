// Owns the look-up of a user in a table of servers: the whole name first, then its domain, then `*`. Pure.
import type { NamedServer } from '../config/named-server.ts';
import type { TargetTable } from '../config/source-schema.ts';
import { domainOf } from './domain.ts';

export function findServer(entries: TargetTable, user: Buffer): NamedServer | undefined {
  const name = user.toString('utf8');
  const domain = domainOf(user);
  for (const key of [name, domain, '*']) {
    // The name comes from a client, and may be that of something every object has.
    if (key !== undefined && Object.hasOwn(entries, key)) return entries[key];
  }
  return undefined;
}
