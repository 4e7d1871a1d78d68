// Owns making a field the only one of its name.
import type { HeaderEditor } from '#plugin-api';

/** Replaces the first field in place; of further ones, a client might show the last. */
export function setField(edit: HeaderEditor, name: string, value: string): void {
  if (edit.get(name) !== value) edit.replace(name, value);
  const kept = edit.get(name);
  edit.remove(name, (other) => other !== kept);
}
