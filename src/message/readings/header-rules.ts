// Owns the findings about headers: which other header of a part would give other content.
import { HeaderBlock } from '../header-block.ts';
import { type PartFacts, readPartFacts } from '../mime-part.ts';
import { contentEncodingOf } from './content-encoding.ts';
import { type HeaderVariant, headerVariants } from './header-variants.ts';
import type { OutlinedPart } from './outline.ts';
import type { Finding, Reading } from './reading.ts';
import { isForeignEncoding } from './transfer-encoding-values.ts';

export function headerFindings(outlined: OutlinedPart): Finding[] {
  const { path, depth, headers } = outlined.part;
  const variants = headerVariants(headers);
  const shown = variants.length === 0 ? [] : findingsOf(variants, outlined);
  const named = namedFindings(outlined).map((kind) => ({ kind, path, depth, readings: [] }));
  return [...shown, ...named];
}

/** The variants that give other content, or other names to it. */
function findingsOf(variants: readonly HeaderVariant[], outlined: OutlinedPart): Finding[] {
  const { path, depth, headers } = outlined.part;
  const byKind = new Map<Finding['kind'], Reading[]>();
  const standard = readPartFacts(headers, defaultTypeOf(outlined));
  const seen = new Set([keyOf(standard, headers.bytes.length)]);
  for (const variant of variants) {
    const facts = readPartFacts(new HeaderBlock(variant.header), defaultTypeOf(outlined));
    const key = keyOf(facts, variant.end);
    if (seen.has(key)) continue;
    seen.add(key);
    byKind.set(variant.kind, [
      ...(byKind.get(variant.kind) ?? []),
      toReading(outlined, variant, facts),
    ]);
  }
  return [...byKind].map(([kind, readings]) => ({ kind, path, depth, readings }));
}

/** RFC 2046 s.5.1.5: in a digest a part is a message unless it says otherwise. */
export function defaultTypeOf({ parent }: OutlinedPart): string {
  return parent?.part.contentType === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
}

/** Headers that give the same content to the same effect have the same key. */
function keyOf(
  { contentType, shape, transferEncoding, fileNames }: PartFacts,
  end: number,
): string {
  const boundary = shape.kind === 'multipart' ? shape.boundary.toString('latin1') : '';
  const encoding = contentEncodingOf(transferEncoding);
  return JSON.stringify([contentType, shape.kind, boundary, encoding, fileNames, end]);
}

function toReading(
  { part, end }: OutlinedPart,
  variant: HeaderVariant,
  { contentType }: PartFacts,
): Reading {
  const { headers, start, contentStart } = part;
  const block = new HeaderBlock(variant.header);
  // The default of a digest is lost on a part that is read by itself.
  const type = block.get('content-type') === undefined ? `Content-Type: ${contentType}\r\n` : '';
  const isWhole = variant.end === headers.bytes.length;
  return {
    header: Buffer.concat([Buffer.from(type, 'latin1'), variant.header]),
    start: isWhole ? contentStart : start + variant.end,
    end,
    stages: [],
  };
}

/** What can be told but not shown. */
function namedFindings({ part: { types, headers, fileNames } }: OutlinedPart): Finding['kind'][] {
  const kinds: Finding['kind'][] = [];
  const isOfType = (type: string): boolean => types.some(({ value }) => value === type);
  if (isOfType('message/partial')) kinds.push('partial-message');
  if (isOfType('message/external-body')) kinds.push('external-body');
  if (headers.all('content-transfer-encoding').some(isForeignEncoding)) {
    kinds.push('unknown-transfer-encoding');
  }
  if (isOfType('application/mac-binhex40')) kinds.push('binhex');
  if (fileNames.length > 1) {
    const endings = new Set(fileNames.map(endingOf).filter((ending) => ending !== ''));
    if (endings.size > 1) kinds.push('conflicting-file-names');
  }
  return kinds;
}

/** Names that differ only in their encoding, or in what a gateway made of them, end alike. */
function endingOf(name: string): string {
  return /\.([a-z0-9]{1,8})[^a-z0-9]*$/i.exec(name)?.[1]?.toLowerCase() ?? '';
}
