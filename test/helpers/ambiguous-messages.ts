// Owns the collection of messages that programs read in different ways, each with the EICAR test string
// where only some of them find it.
import { boundaryCases } from './ambiguous/boundaries.ts';
import type { AmbiguousMessage } from './ambiguous/case.ts';
import { contentCases } from './ambiguous/contents.ts';
import { headerCases } from './ambiguous/headers.ts';

export function ambiguousMessages(): AmbiguousMessage[] {
  return [...headerCases(), ...boundaryCases(), ...contentCases()];
}
