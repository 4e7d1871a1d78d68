// Owns the record of who did what and what became of each message: one JSON line for each event, in a
// chain that shows when one is changed or missing. A line that cannot be written is an error, so that
// the policy can stop the delivery.
import { readFile } from 'node:fs/promises';
import { type ChainKey, definePlugin, toChainKey } from '#plugin-api';
import { toAuditRecord } from './audit-record.ts';
import { check } from './check.ts';
import { type AuditLogOptions, optionsSchema } from './options.ts';
import { shareTrail } from './shared-trails.ts';

const moveCheckMs = 1000;

export default definePlugin<AuditLogOptions>({
  name: 'audit-log',
  version: '2',
  options: optionsSchema,
  check,
  /** The lines of all processes make one chain. */
  async central(options, { resolvePath, clock, log }) {
    const { durability, rotation, keyFile } = options;
    const key = keyFile === undefined ? undefined : await readKey(resolvePath(keyFile));
    const trail = await shareTrail(resolvePath(options.file), {
      durability,
      key,
      rotation,
      moveCheckMs,
      clock,
      log,
    });
    return {
      handle: (record) => trail.append(record),
      dispose: () => trail.close(),
    };
  },
  setup({ events }, { clock, central }) {
    return {
      async observe(observation) {
        if (!events.has(observation.kind)) return;
        await central(toAuditRecord(observation, new Date(clock.nowMs())));
      },
    };
  },
});

async function readKey(path: string): Promise<ChainKey> {
  const key = toChainKey(await readFile(path));
  if (key === undefined) throw new Error(`${path} holds fewer than 16 octets, too few for a key`);
  return key;
}
