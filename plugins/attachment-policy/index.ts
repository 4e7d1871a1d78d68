// Owns the plugin that stops attachments which run programs, by name, by content, and in archives.
import { definePlugin, Turns } from '#plugin-api';
import { Inspection } from './inspection.ts';
import { defaultLimits } from './limits.ts';
import { type AttachmentPolicyOptions, optionsSchema } from './options.ts';

// To be raised when a judgement changes, so that remembered verdicts are not used any longer.
const rulesVersion = 'attachment-policy/2';
// Each may hold an archive of the largest size, and one within it.
const archivesAtATime = 2;

export default definePlugin<AttachmentPolicyOptions>({
  name: 'attachment-policy',
  options: optionsSchema,
  setup(options) {
    const turns = new Turns(archivesAtATime);
    return {
      inspect: (message) => new Inspection(message, options, defaultLimits, turns).run(),
      cacheKey: () => rulesVersion,
    };
  },
});
