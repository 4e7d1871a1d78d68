// Owns the three ways in which `parts()` treats content.
import type { Stage } from './stage.ts';

export type ContentEncoding = 'base64' | 'quoted-printable' | 'identity';

export function contentEncodingOf(token: string | undefined): ContentEncoding {
  return token === 'base64' || token === 'quoted-printable' ? token : 'identity';
}

/** What undoes the encoding as `parts()` does. */
export function decodingStages(encoding: ContentEncoding): readonly Stage[] {
  return encoding === 'identity' ? [] : [{ kind: 'transferEncoding', encoding }];
}
