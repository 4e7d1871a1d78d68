// Owns the header fields that only Postern and its plugins write: what a sender wrote under such a name is
// forged.
import type { HeaderEdits } from '../message/header-block.ts';

/** How their names start. */
export const ownFields = 'X-Postern-';

export function removeForgedFields(edits: HeaderEdits): void {
  edits.removePrefixed(ownFields);
}

/** Puts those of `from` into the header of what takes its place; any that it has itself are forged. */
export function takeOverOwnFields(edits: HeaderEdits, from: HeaderEdits): void {
  removeForgedFields(edits);
  for (const field of from.prefixed(ownFields)) edits.addField(field);
}
