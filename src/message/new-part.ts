// Owns how a part that is not of the sender is written: checked, encoded, with its Content-* fields.
import { AppError } from '../base/errors.ts';
import type { BoundaryGuard } from './boundary-guard.ts';
import { canonicalText, encodeBinary, encodeText } from './content-encoding.ts';
import { textParameter } from './mime-value.ts';

/** A part as somebody wants it. */
export interface PartDraft {
  readonly contentType: string;
  readonly content: string | Buffer;
  readonly fileName?: string;
  readonly disposition?: 'inline' | 'attachment';
}

export interface WrittenPart {
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly content: Buffer;
}

export const emptyText: PartDraft = { contentType: 'text/plain', content: '' };

// RFC 6838 s.4.2.
const mediaType = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i;

export function writePart(draft: PartDraft, guard: BoundaryGuard): WrittenPart {
  const { content, fileName } = draft;
  const contentType = checkedType(draft.contentType);
  const isText = contentType.startsWith('text/');
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const { encoding, octets } = isText
    ? encodeText(canonicalText(bytes.toString('utf8')), guard)
    : encodeBinary(bytes);
  const disposition =
    draft.disposition ?? (isText && fileName === undefined ? 'inline' : 'attachment');
  const names = fileName === undefined ? [] : textParameter('filename', fileName);
  return {
    fields: [
      { name: 'Content-Type', value: isText ? `${contentType}; charset=utf-8` : contentType },
      { name: 'Content-Transfer-Encoding', value: encoding },
      { name: 'Content-Disposition', value: [disposition, ...names].join('; ') },
    ],
    content: octets,
  };
}

/** RFC 2046 s.5: what has parts of its own would need a structure of its own, and may not be base64. */
function checkedType(contentType: string): string {
  const type = contentType.toLowerCase();
  if (!mediaType.test(type)) throw invalidEdit('not a media type', contentType);
  if (/^(?:multipart|message)\//.test(type)) throw invalidEdit('a composite type', contentType);
  return type;
}

/** A change that a plugin asked for and that cannot be made. */
export function invalidEdit(reason: string, subject: string): AppError {
  return new AppError('BODY_EDIT_INVALID', {
    fault: 'plugin',
    publicText: 'a filter failed, try again later',
    details: { reason, subject: subject.slice(0, 127) },
  });
}
