// Owns how the JavaScript heap behaves in a process that mostly moves Buffers.
import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the young generation at its initial size. The octets of a message lie outside the heap and
 * are freed only when the small objects that name them are collected; a young generation that grows to
 * 16 MB is collected rarely, and 60 MB of dead octets wait for it. Works only before the
 * generation has grown, so it comes first of all. Measured in bench/large-message.ts.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
