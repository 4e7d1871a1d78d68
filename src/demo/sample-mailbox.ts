// Owns the order of the demo's maildrop.
import { attachmentSamples } from './attachment-samples.ts';
import { hostileSamples } from './hostile-samples.ts';
import type { SampleMessage } from './sample-message.ts';
import { spamSamples } from './spam-samples.ts';
import { textSamples } from './text-samples.ts';

/** All samples; the same octets on every call. */
export function buildSampleMailbox(): SampleMessage[] {
  return [...textSamples(), ...spamSamples(), ...attachmentSamples(), ...hostileSamples()];
}
