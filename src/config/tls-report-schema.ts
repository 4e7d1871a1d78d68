// Owns the keys about the record of which TLS is used by whom.
import { z } from 'zod';
import { bool, duration, integer } from './values.ts';

export const tlsReportSchema = z
  .strictObject({
    enabled: bool(
      'Keeps a record of which accounts, clients and upstreams use which TLS, in the state folder, for `postern report tls`.',
    ).default(true),
    max_age: duration('After which a use that has not come again is forgotten.', {
      fallback: '90d',
      min: '1h',
      max: '3650d',
    }),
    max_entries: integer('Different uses in the record; the longest unused are forgotten first.', {
      min: 100,
      max: 10_000_000,
    }).default(50_000),
  })
  .transform(({ enabled, max_age, max_entries }) => ({
    isEnabled: enabled,
    maxAgeMs: max_age,
    maxEntries: max_entries,
  }));
