// Owns files that unpack to far more than they are, each made in a moment.
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Limits } from '../../../plugins/attachment-policy/work.ts';
import { buildTar } from './archives/archive-builders.ts';
import { bzip2Bomb } from './archives/archive-samples.ts';
import { type BuiltEntry, buildZip } from './archives/zip-builder.ts';

const megabyte = 1024 * 1024;
const gigabyte = 1024 * megabyte;
const zeros = Buffer.alloc(20 * megabyte);
const packedZeros = deflateRawSync(zeros, { level: 9 });
const text = Buffer.from('Buy milk.\r\n');

export interface Bomb {
  readonly what: string;
  readonly content: () => Buffer;
  readonly name: string;
  /** What some file in it, or itself, is found to be. */
  readonly trait: string;
  readonly reason: RegExp;
  /** How much work it may be at most. */
  readonly maxInflatedBytes: number;
  readonly limits?: Partial<Limits>;
}

function zipped(levels: number, innermost: Buffer, copies = 1): Buffer {
  if (levels === 0) return innermost;
  const content = zipped(levels - 1, innermost, copies);
  const names = Array.from({ length: copies }, (_, index) => `${levels}-${index}.zip`);
  return buildZip(names.map((name) => ({ name, content })));
}

function claiming(octets: number): BuiltEntry {
  return { name: 'zeros.bin', packed: packedZeros, declaredSize: octets };
}

const overlapping: BuiltEntry = { name: 'a.bin', packed: packedZeros, declaredSize: zeros.length };

export const bombs: readonly Bomb[] = [
  {
    what: 'a flat zip of zeros that says so',
    name: 'a.zip',
    content: () =>
      buildZip([claiming(3 * gigabyte), claiming(3 * gigabyte), claiming(4 * gigabyte - 1)]),
    trait: 'archive-bomb',
    reason: /many times its size/,
    maxInflatedBytes: 0,
  },
  {
    what: 'nested zips that fan out, with gigabytes at the bottom',
    name: '42.zip',
    content: () => zipped(3, buildZip(Array(16).fill(claiming(4 * gigabyte - 1))), 16),
    trait: 'archive-bomb',
    reason: /many times its size/,
    maxInflatedBytes: 17 * megabyte,
  },
  {
    what: 'a zip in a zip that unpacks to much, and says nothing',
    name: 'a.zip',
    content: () =>
      buildZip([
        {
          name: 'b.zip',
          packed: deflateRawSync(Buffer.concat([Buffer.from('PK\x03\x04'), zeros])),
          declaredSize: 100,
        },
      ]),
    trait: 'archive-bomb',
    reason: /many times its size/,
    maxInflatedBytes: 17 * megabyte,
  },
  {
    what: 'entries that share their data',
    name: 'a.zip',
    content: () =>
      buildZip([overlapping, ...Array(250).fill({ ...overlapping, isOverlapping: true })]),
    trait: 'archive-bomb',
    reason: /overlap/,
    maxInflatedBytes: 0,
  },
  {
    what: 'a zip of 50,000 files',
    name: 'a.zip',
    content: () =>
      buildZip(
        Array.from({ length: 50_000 }, (_, index) => ({ name: `${index}`, isStored: true })),
      ),
    trait: 'archive-bomb',
    reason: /too many files/,
    maxInflatedBytes: 0,
  },
  {
    what: 'a compressed tar of 100,000 files',
    name: 'a.tar.gz',
    content: () =>
      gzipSync(buildTar(Array.from({ length: 100_000 }, (_, at) => ({ name: `${at}` })))),
    trait: 'archive-bomb',
    reason: /too many files|many times its size/,
    maxInflatedBytes: 64 * megabyte,
  },
  {
    what: 'archives in each other without end',
    name: 'r.zip',
    content: () => zipped(12, buildZip([{ name: 'todo.txt', content: text }])),
    trait: 'too-deep',
    reason: /too deep/,
    maxInflatedBytes: 64 * 1024,
  },
  {
    what: 'a gzip of zeros',
    name: 'a.tar.gz',
    content: () =>
      gzipSync(
        Buffer.concat([buildTar([{ name: 'a', octets: zeros.length }], { isEnded: false }), zeros]),
      ),
    trait: 'archive-bomb',
    reason: /many times its size/,
    maxInflatedBytes: 17 * megabyte,
  },
  {
    what: 'a gzip in a gzip in a gzip',
    name: 'a.gz.gz.gz',
    content: () => gzipSync(gzipSync(gzipSync(zipLike(zeros)))),
    trait: 'archive-bomb',
    reason: /many times its size/,
    maxInflatedBytes: 17 * megabyte,
  },
  {
    what: 'a bzip2 of zeros',
    name: 'a.tar.bz2',
    content: () => bzip2Bomb,
    trait: 'archive-bomb',
    reason: /many times its size/,
    maxInflatedBytes: 17 * megabyte,
  },
  {
    what: 'an Office document with a part of many megabytes',
    name: 'a.docx',
    content: () =>
      buildZip([
        { name: '[Content_Types].xml', content: Buffer.alloc(3 * megabyte, ' ') },
        { name: 'word/document.xml', content: text },
      ]),
    trait: 'hidden-structure',
    reason: /too large to be read/,
    maxInflatedBytes: 3 * megabyte,
  },
  {
    what: 'a PDF with an object stream of zeros',
    name: 'a.pdf',
    content: () => pdfWith(deflateSync(zeros, { level: 9 })),
    trait: 'archive-bomb',
    reason: /many times its size/,
    maxInflatedBytes: 17 * megabyte,
  },
  {
    what: 'archives that unpack to more than is allowed, if not to many times their size',
    name: 'a.zip',
    content: () => {
      const inner = buildZip([
        { name: 'a.bin', content: Buffer.alloc(300_000, 'ab'), isStored: true },
      ]);
      const entry = (index: number) => ({ name: `${index}.zip`, content: inner, isStored: true });
      return buildZip([1, 2, 3, 4].map(entry));
    },
    trait: 'too-large',
    reason: /unpacks to too much/,
    maxInflatedBytes: megabyte + 8192,
    limits: { maxInflatedBytes: megabyte },
  },
];

function zipLike(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), content]);
}

function pdfWith(objects: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from('%PDF-1.7\n1 0 obj <</Type /ObjStm /Filter /FlateDecode>>\nstream\n'),
    objects,
    Buffer.from('\nendstream endobj\n'),
  ]);
}
