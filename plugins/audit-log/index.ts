// Owns the record of who did what and what became of each message: one JSON line for each event.
// A line that cannot be written is an error, so that the policy can stop the delivery.
import { definePlugin } from '#plugin-api';
import { AppendFile } from './append-file.ts';
import { toAuditLine } from './audit-line.ts';
import { type AuditLogOptions, optionsSchema } from './options.ts';

const rotationCheckMs = 1000;

export default definePlugin<AuditLogOptions>({
  name: 'audit-log',
  options: optionsSchema,
  async setup({ file: path, durability, events }, { resolvePath }) {
    const file = await AppendFile.open(resolvePath(path), { durability, rotationCheckMs });
    return {
      async observe(observation) {
        if (!events.has(observation.kind)) return;
        await file.append(toAuditLine(observation, new Date()));
      },
      dispose: () => file.close(),
    };
  },
});
