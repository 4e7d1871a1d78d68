// Owns the tag in front of a subject. What the sender wrote stays as it is, encoded words included.
import type { HeaderEditor } from '#plugin-api';
import { setField } from './set-field.ts';

export function tagSubject(edit: HeaderEditor, tag: string): void {
  const raw = edit.get('Subject') ?? '';
  const shown = edit.text('Subject') ?? '';
  setField(edit, 'Subject', isTagged(raw, shown, tag) ? raw : tagged(raw, shown, tag));
}

function isTagged(raw: string, shown: string, tag: string): boolean {
  const word = tag.trim();
  return raw.startsWith(word) || shown.trimStart().startsWith(word);
}

function tagged(raw: string, shown: string, tag: string): string {
  // A field takes text, not octets: a subject with raw 8-bit or control characters, which no
  // standard allows, can only be written anew.
  const rest = /^[\t\x20-\x7e]*$/.test(raw) ? raw : shown;
  // RFC 2047 s.5 (1): white space has to stand before an encoded word.
  const gap = rest.startsWith('=?') && !tag.endsWith(' ') ? ' ' : '';
  return `${tag}${gap}${rest}`;
}
