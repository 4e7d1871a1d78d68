// Owns the limits on the work of one message as they are written in the options.
import { duration, integer, size, z } from '#plugin-api';
import type { Limits } from './work.ts';

const anySize = { min: '0B', max: '2GB' } as const;

export const limitsSchema = z
  .strictObject({
    depth: integer('Archives within archives that are opened.', { min: 1, max: 20 }).default(5),
    entries: integer('Files in all archives of a message.', { min: 1, max: 1_000_000 }).default(
      10_000,
    ),
    inflated: size('Octets that come out of the archives of a message.', {
      fallback: '200MB',
      ...anySize,
    }),
    ratio: integer('Octets that come out of an attachment to those it has, above 16MB.', {
      min: 1,
      max: 10_000,
    }).default(100),
    time: duration('For unpacking, once the message has arrived.', {
      fallback: '20s',
      min: '0ms',
      max: '1h',
    }),
    max_archive: size('Largest file that is held in memory to be looked into.', {
      fallback: '25MB',
      ...anySize,
    }),
  })
  .transform(
    (limits): Limits => ({
      maxDepth: limits.depth,
      maxEntries: limits.entries,
      maxInflatedBytes: limits.inflated,
      maxRatio: limits.ratio,
      maxTimeMs: limits.time,
      maxHeldBytes: limits.max_archive,
    }),
  )
  .prefault({})
  .describe('How much work a message may make.');

export const defaultLimits: Limits = limitsSchema.parse(undefined);
