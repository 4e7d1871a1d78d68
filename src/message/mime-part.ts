// Owns what the header of a MIME part says about it. It never reads content.
import type { HeaderBlock } from './header-block.ts';
import { trimEndBlanks } from './header-fields.ts';
import { type MimeValue, parseMimeValue } from './mime-parameters.ts';
import { fileNamesOf, findParameter } from './text.ts';
import { transferEncodingToken } from './transfer-decoding.ts';

/** What a part is made of: children between boundaries, one embedded message, or content. */
export type PartShape =
  | { readonly kind: 'multipart'; readonly boundary: Buffer }
  | { readonly kind: 'message' }
  | { readonly kind: 'leaf' };

export interface PartFacts {
  /** Every Content-Type field, in order. */
  readonly types: readonly MimeValue[];
  readonly contentType: string;
  readonly transferEncoding: string | undefined;
  readonly fileNames: readonly string[];
  readonly shape: PartShape;
}

const leaf: PartShape = { kind: 'leaf' };

/**
 * Reads the header of a part. Of several Content-Type fields the first that gives the part children
 * wins: a client that takes another one must not find parts that went unseen.
 */
export function readPartFacts(headers: HeaderBlock, defaultType: string): PartFacts {
  const types = headers.all('content-type').map(parseMimeValue);
  const dispositions = headers.all('content-disposition').map(parseMimeValue);
  const transferEncoding = transferEncodingToken(headers.get('content-transfer-encoding'));
  const candidates = (types.length === 0 ? [parseMimeValue(defaultType)] : types).map((type) => {
    const contentType = type.value.includes('/') ? type.value : 'text/plain';
    return { contentType, shape: shapeOf(contentType, type, transferEncoding) };
  });
  const chosen = candidates.find(({ shape }) => shape.kind !== 'leaf') ?? candidates[0];
  return {
    types,
    contentType: chosen?.contentType ?? defaultType,
    transferEncoding,
    fileNames: fileNamesOf(types, dispositions),
    shape: chosen?.shape ?? leaf,
  };
}

function shapeOf(
  contentType: string,
  { parameters }: MimeValue,
  transferEncoding: string | undefined,
): PartShape {
  if (contentType.startsWith('multipart/')) {
    const boundary = findParameter(parameters, 'boundary');
    if (boundary === undefined) return leaf;
    const octets = Buffer.from(trimEndBlanks(boundary), 'latin1');
    return octets.length === 0 ? leaf : { kind: 'multipart', boundary: octets };
  }
  // An embedded message in base64 or quoted-printable violates RFC 2046 s.5.2.1: clients show a file.
  const isEncoded = transferEncoding === 'base64' || transferEncoding === 'quoted-printable';
  const isMessage = contentType === 'message/rfc822' || contentType === 'message/global';
  return isMessage && !isEncoded ? { kind: 'message' } : leaf;
}
