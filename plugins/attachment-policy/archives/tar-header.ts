// Owns the header of a file in a tar archive: POSIX.1-1988 ustar, POSIX.1-2001 pax, and GNU. Pure.

export const tarBlock = 512;

export interface TarHeader {
  readonly name: string;
  /** As the file takes in the archive. */
  readonly octets: number;
  /** With the holes of a sparse file. */
  readonly realOctets: number;
  /** The type flag: `0` is a file, `L` a long name, `x` extended fields. */
  readonly type: string;
}

const checksumAt = 148;
const checksumLength = 8;
const blank = 0x20;

/** Undefined when this block is no header. */
export function parseTarHeader(block: Buffer): TarHeader | undefined {
  if (block.length < tarBlock || !hasChecksum(block)) return undefined;
  const octets = numberOf(block.subarray(124, 136));
  if (octets === undefined) return undefined;
  const type = block.toString('latin1', 156, 157);
  const name = textOf(block.subarray(0, 100));
  // GNU has other things in the place of the prefix, and blanks behind its magic.
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? textOf(block.subarray(345, 500)) : '';
  const realOctets = (type === 'S' ? numberOf(block.subarray(483, 495)) : undefined) ?? octets;
  return { name: prefix === '' ? name : `${prefix}/${name}`, octets, realOctets, type };
}

/** What extended fields say of the next file. */
export interface TarExtension {
  readonly path?: string;
  readonly octets?: number;
  readonly realOctets?: number;
}

const extensionKeys: Readonly<Record<string, keyof TarExtension>> = {
  path: 'path',
  'GNU.sparse.name': 'path',
  size: 'octets',
  'GNU.sparse.size': 'realOctets',
  'GNU.sparse.realsize': 'realOctets',
};

/** Of each field the last one. */
export function parsePax(fields: Buffer): TarExtension {
  const found: { path?: string; octets?: number; realOctets?: number } = {};
  for (let at = 0; at < fields.length; ) {
    const [, digits = ''] = /^(\d{1,10}) /.exec(fields.toString('latin1', at, at + 11)) ?? [];
    const length = Number(digits);
    if (length <= digits.length + 2) break;
    const field = fields.toString('utf8', at + digits.length + 1, at + length);
    const [, name = '', value = ''] = /^([^=]{1,200})=([\s\S]*)\n$/.exec(field) ?? [];
    const key = extensionKeys[name];
    if (key === 'path') found.path = value;
    else if (key !== undefined && /^\d{1,15}$/.test(value)) found[key] = Number(value);
    at += length;
  }
  return found;
}

/** GNU's old form of sparse files: a mark at the end of the map says that another block follows. */
export function hasMoreSparse(block: Buffer, kind: 'header' | 'map'): boolean {
  return block.length === tarBlock && block.readUInt8(kind === 'header' ? 482 : 504) !== 0;
}

/** Up to the first zero octet. */
export function textOf(octets: Buffer): string {
  const end = octets.indexOf(0);
  return octets.toString('utf8', 0, end === -1 ? octets.length : end);
}

/** Old programs add up octets as numbers with a sign, and all programs accept both sums. */
function hasChecksum(block: Buffer): boolean {
  const expected = numberOf(block.subarray(checksumAt, checksumAt + checksumLength));
  let sum = checksumLength * blank;
  let signedSum = sum;
  for (const [at, octet] of block.subarray(0, tarBlock).entries()) {
    if (at >= checksumAt && at < checksumAt + checksumLength) continue;
    sum += octet;
    signedSum += octet > 127 ? octet - 256 : octet;
  }
  return expected === sum || expected === signedSum;
}

/** Octal digits, or GNU's binary form; undefined for what is neither, or beyond all sizes. */
function numberOf(field: Buffer): number | undefined {
  const first = field.readUInt8(0);
  if (first === 0x80) {
    const high = field.subarray(1, -6);
    return high.every((octet) => octet === 0) ? field.readUIntBE(field.length - 6, 6) : undefined;
  }
  const digits = field.toString('latin1').replaceAll(/[\0 ]/g, '');
  return /^[0-7]*$/.test(digits) ? Number.parseInt(`0${digits}`, 8) : undefined;
}
