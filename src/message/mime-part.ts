// Owns what the header of a MIME part says about it. It never reads content.
import type { HeaderBlock } from './header-block.ts';
import { trimEndBlanks } from './header-fields.ts';
import { parseMimeValue } from './mime-parameters.ts';
import { fileNamesOf, findParameter } from './text.ts';
import { transferEncodingToken } from './transfer-decoding.ts';

/** What a part is made of: children between boundaries, one embedded message, or content. */
export type PartShape =
  | { readonly kind: 'multipart'; readonly boundary: Buffer }
  | { readonly kind: 'message' }
  | { readonly kind: 'leaf' };

export interface PartFacts {
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
  const types = headers.all('content-type');
  const dispositions = headers.all('content-disposition');
  const transferEncoding = transferEncodingToken(headers.get('content-transfer-encoding'));
  const candidates = (types.length === 0 ? [defaultType] : types).map((value) => {
    const { value: type, parameters } = parseMimeValue(value);
    const contentType = type.includes('/') ? type : 'text/plain';
    const boundary = findParameter(parameters, 'boundary');
    return { contentType, shape: shapeOf(contentType, boundary, transferEncoding) };
  });
  const chosen = candidates.find(({ shape }) => shape.kind !== 'leaf') ?? candidates[0];
  const names = new Set([
    ...dispositions.flatMap((disposition) => fileNamesOf(undefined, disposition)),
    ...types.flatMap((type) => fileNamesOf(type, undefined)),
  ]);
  return {
    contentType: chosen?.contentType ?? defaultType,
    transferEncoding,
    fileNames: [...names],
    shape: chosen?.shape ?? leaf,
  };
}

function shapeOf(
  contentType: string,
  boundary: string | undefined,
  transferEncoding: string | undefined,
): PartShape {
  if (contentType.startsWith('multipart/') && boundary !== undefined) {
    const octets = Buffer.from(trimEndBlanks(boundary), 'latin1');
    return octets.length === 0 ? leaf : { kind: 'multipart', boundary: octets };
  }
  // An embedded message in base64 or quoted-printable violates RFC 2046 s.5.2.1: clients show a file.
  const isEncoded = transferEncoding === 'base64' || transferEncoding === 'quoted-printable';
  const isMessage = contentType === 'message/rfc822' || contentType === 'message/global';
  return isMessage && !isEncoded ? { kind: 'message' } : leaf;
}
