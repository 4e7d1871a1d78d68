// Owns the plugin that judges attachments, and the files in them, by rules on what they are.
import { definePlugin, Turns } from '#plugin-api';
import { Inspection } from './inspection.ts';
import { type AttachmentPolicyOptions, optionsSchema } from './options.ts';

// To be raised when a judgement changes, so that remembered verdicts are not used any longer.
const rulesVersion = 'attachment-policy/3';
// Each may hold a file of the largest size, and those around it.
const unpackedAtATime = 2;

export default definePlugin<AttachmentPolicyOptions>({
  name: 'attachment-policy',
  version: '2',
  options: optionsSchema,
  setup(options, { clock }) {
    const turns = new Turns(unpackedAtATime);
    return {
      inspect: (message) => new Inspection(message, options, { clock, turns }).run(),
      cacheKey: () => rulesVersion,
    };
  },
});
