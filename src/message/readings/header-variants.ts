// Owns the ways in which readers divide and read one header block. Each is written as the header that
// the standard reading would have to see.
import type { AmbiguityKind } from '../ambiguity.ts';
import type { HeaderBlock } from '../header-block.ts';
import { type HeaderField, trimBlanks } from '../header-fields.ts';
import { edges } from './edges.ts';
import { isPlainHeader } from './plain-header.ts';
import { writeHeader } from './reading.ts';
import { otherTransferEncodings } from './transfer-encoding-values.ts';
import { otherContentTypes } from './type-values.ts';

export interface HeaderVariant {
  readonly kind: AmbiguityKind;
  readonly header: Buffer;
  /** Octets of the block that are content for this reader: from here on. */
  readonly end: number;
}

const typeKey = 'content-type';
const encodingKey = 'content-transfer-encoding';
const lineEnd = Buffer.from('\r\n');
// From each end: readers take the first or the last of many.
const maxSameFields = 4;
const lf = 0x0a;

export function headerVariants(block: HeaderBlock): HeaderVariant[] {
  return isPlainHeader(block.split()) ? [] : variantsOfAnyHeader(block);
}

/** The long way, for headers that may be read differently. */
export function variantsOfAnyHeader(block: HeaderBlock): HeaderVariant[] {
  const { bytes } = block;
  const { fields } = block.split();
  return [
    ...oneOf(bytes, fields, typeKey, 'duplicate-content-type'),
    ...oneOf(bytes, fields, encodingKey, 'duplicate-transfer-encoding'),
    ...spelledTypes(bytes, fields),
    ...spelledEncodings(bytes, fields),
    ...withoutBlankBeforeColon(bytes, fields),
    ...unfolded(bytes, fields),
    ...endedByBlanks(bytes),
    ...endedByJunk(fields),
    ...withoutBareCr(bytes),
    ...withoutOddOctets(bytes, fields),
  ];
}

/** Readers take the first of several fields, or the last, or one in between. */
function oneOf(
  bytes: Buffer,
  fields: readonly HeaderField[],
  key: string,
  kind: AmbiguityKind,
): HeaderVariant[] {
  const same = fieldsNamed(fields, key);
  if (same.length < 2) return [];
  return edges(same, maxSameFields).map((kept) => {
    const left = fields.filter((field) => field.key !== key || field === kept);
    return { kind, header: joined(left), end: bytes.length };
  });
}

function fieldsNamed(fields: readonly HeaderField[], key: string): readonly HeaderField[] {
  return fields.filter((field) => field.key === key);
}

function spelledTypes(bytes: Buffer, fields: readonly HeaderField[]): HeaderVariant[] {
  const values = edges(fieldsNamed(fields, typeKey), maxSameFields);
  return values.flatMap((field) =>
    otherContentTypes(field).map((value) => ({
      kind: 'content-type-spelling' as const,
      header: withField(fields, typeKey, `Content-Type: ${value}`),
      end: bytes.length,
    })),
  );
}

function spelledEncodings(bytes: Buffer, fields: readonly HeaderField[]): HeaderVariant[] {
  const values = edges(fieldsNamed(fields, encodingKey), maxSameFields);
  return values.flatMap((field) =>
    otherTransferEncodings(field).map((value) => ({
      kind: 'transfer-encoding-spelling' as const,
      header: withField(fields, encodingKey, `Content-Transfer-Encoding: ${value}`),
      end: bytes.length,
    })),
  );
}

/** RFC 5322 s.3.6.8 has no blank there; some readers do not take such a line for the field. */
function withoutBlankBeforeColon(bytes: Buffer, fields: readonly HeaderField[]): HeaderVariant[] {
  const isOdd = (field: HeaderField): boolean =>
    field.key.startsWith('content-') && field.valueStart - 1 > field.start + field.key.length;
  if (!fields.some(isOdd)) return [];
  const header = joined(fields.filter((field) => !isOdd(field)));
  return [{ kind: 'blank-before-colon', header, end: bytes.length }];
}

/** For some readers the header ends where a line is no field. */
function endedByJunk(fields: readonly HeaderField[]): HeaderVariant[] {
  const at = fields.findIndex((field, index) => field.name === undefined && !isLead(field, index));
  const junk = fields[at];
  if (junk === undefined) return [];
  return [{ kind: 'junk-header-line', header: joined(fields.slice(0, at)), end: junk.start }];
}

/** An mbox separator on top is no junk. */
function isLead(field: HeaderField, index: number): boolean {
  const text = field.source.toString('latin1', field.start, Math.min(field.start + 6, field.end));
  return index === 0 && /^>?From /.test(text);
}

/** A continuation line whose blanks were lost: `boundary="x"` at the beginning of a line. */
function unfolded(bytes: Buffer, fields: readonly HeaderField[]): HeaderVariant[] {
  const pieces: Buffer[] = [];
  let isJoined = false;
  for (const field of fields) {
    const octets = bytesOf(field);
    if (
      field.name === undefined &&
      /^[a-z][a-z0-9*-]*\s*=/i.test(octets.toString('latin1', 0, 80))
    ) {
      pieces.push(Buffer.from(' '));
      isJoined = true;
    }
    pieces.push(octets);
  }
  if (!isJoined) return [];
  const header = Buffer.concat([...pieces, lineEnd]);
  return [{ kind: 'broken-folding', header, end: bytes.length }];
}

/** A line of blanks continues a field (RFC 5322 s.3.2.2), or is blank enough to end the header. */
function endedByBlanks(bytes: Buffer): HeaderVariant[] {
  const text = bytes.toString('latin1');
  const match = /\n[ \t]+\r*\n/.exec(text);
  if (match === null) return [];
  const end = match.index + match[0].length;
  if (/^[\r\n]*$/.test(text.slice(end))) return [];
  const header = Buffer.concat([bytes.subarray(0, match.index + 1), lineEnd]);
  return [{ kind: 'blank-header-line', header, end }];
}

/** The standard reading ends a line at a bare CR; for others it is a character like others. */
function withoutBareCr(bytes: Buffer): HeaderVariant[] {
  const text = bytes.toString('latin1');
  if (!/\r(?![\r\n])/.test(text)) return [];
  const header = Buffer.from(text.replaceAll(/\r(?![\r\n])/g, ' '), 'latin1');
  return [{ kind: 'bare-line-ends', header, end: bytes.length }];
}

/** NUL, other controls and 8-bit octets: removed by some readers, the end of the line for others. */
function withoutOddOctets(bytes: Buffer, fields: readonly HeaderField[]): HeaderVariant[] {
  const odd = new Set(fields.filter((field) => isOddMimeField(field)));
  if (odd.size === 0) return [];
  const rewrite = (change: (line: string) => string): Buffer =>
    Buffer.concat([
      ...fields.map((field) => {
        if (!odd.has(field)) return endedLines(bytesOf(field));
        return Buffer.from(`${change(bytesOf(field).toString('latin1')).trimEnd()}\r\n`, 'latin1');
      }),
      lineEnd,
    ]);
  const headers = [
    rewrite((line) => withoutOdd(line)),
    rewrite((line) => withCleanName(line)),
    rewrite((line) => line.split('\0', 1)[0] ?? ''),
    rewrite(() => 'X-Odd: x'),
  ];
  return headers.map((header) => ({ kind: 'odd-header-octets', header, end: bytes.length }));
}

function isOddMimeField(field: HeaderField): boolean {
  const line = bytesOf(field).toString('latin1');
  const written = /^([^:\r\n]{1,80}):/.exec(line)?.[1]?.toLowerCase() ?? '';
  const name = trimBlanks(written);
  const clean = name.replaceAll(/[^a-z-]/g, '');
  const isMime = /^content-(?:type|transfer-encoding|disposition)$/.test(clean);
  return isMime && (clean !== name || line.includes('\0'));
}

function withoutOdd(line: string): string {
  return line.replaceAll(/[^\t\r\n -~]/g, '');
}

function withCleanName(line: string): string {
  const colon = line.indexOf(':');
  return (
    line.slice(0, colon).replaceAll(/[^A-Za-z-]/g, '') + line.slice(colon).replaceAll('\0', '')
  );
}

function withField(fields: readonly HeaderField[], key: string, line: string): Buffer {
  const others = fields.filter((field) => field.key !== key);
  return Buffer.concat([Buffer.from(`${line}\r\n`, 'latin1'), joined(others)]);
}

function joined(fields: readonly HeaderField[]): Buffer {
  if (fields.length === 0) return writeHeader('X-Empty: x');
  return Buffer.concat([...fields.map((field) => endedLines(bytesOf(field))), lineEnd]);
}

function bytesOf(field: HeaderField): Buffer {
  return field.source.subarray(field.start, field.end);
}

/** A field behind a bare CR stands on a line of its own only if the one before is ended. */
function endedLines(octets: Buffer): Buffer {
  return octets.at(-1) === lf ? octets : Buffer.concat([octets, lineEnd]);
}
