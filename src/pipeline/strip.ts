// Owns the policy action `strip`: named parts go, a note stands in their place, the rest stays.
import { invalidEdit } from '../message/new-part.ts';
import type { NewPart } from '../plugin-api/transform.ts';
import type { BodyEdits } from './body-edits.ts';

/**
 * Paths are those of the message as it arrived, so this comes before the edits of plugins. A path
 * inside a part that goes needs no note of its own. Rejects for the message itself (`1`), of which
 * nothing would be left, and for parts that are not there.
 */
export async function stripParts(
  body: BodyEdits,
  paths: readonly string[],
  note: (path: string) => NewPart,
): Promise<void> {
  const named = new Set(paths);
  if (named.has('1')) throw invalidEdit('nothing would be left of the message', '1');
  const editor = body.editor();
  for (const path of named) {
    // In place, so that no other path changes.
    if (!isInside(path, named)) await editor.replace(path, note(path));
  }
}

function isInside(path: string, others: ReadonlySet<string>): boolean {
  for (let end = path.lastIndexOf('.'); end !== -1; end = path.lastIndexOf('.', end - 1)) {
    if (others.has(path.slice(0, end))) return true;
  }
  return false;
}
