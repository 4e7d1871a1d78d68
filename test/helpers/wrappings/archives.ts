// Owns attachments that are archives or compressed files, in every format that can be written here.

import {
  compressZ,
  gzip,
  gzipInMembers,
  gzipWithFields,
  packByPython,
  zstd,
} from '../files/compressed.ts';
import { arj, cabinet, lha } from '../files/dos-archives.ts';
import { iso9660 } from '../files/iso9660.ts';
import { rar4, rar5 } from '../files/rar.ts';
import {
  sevenZipCopied,
  sevenZipEncrypted,
  sevenZipLzma,
  sevenZipLzma2,
} from '../files/seven-zip.ts';
import { ar, cpio, debianPackage, gnuTar, oldCpio, tar } from '../files/unix-archives.ts';
import { type ZipForm, zipOf } from '../files/zip.ts';
import { attached, type FileForm, form, type Wrapping } from './wrapping.ts';

const zipType = 'application/zip';
const anyType = 'application/octet-stream';
const junk = Buffer.from('This is no archive yet.\r\n'.repeat(20));

function zip(name: string, how: (content: Buffer) => ZipForm, fileName = 'report.zip'): FileForm {
  return form(name, fileName, zipType, (content) => zipOf(content, how(content)));
}

/** One archive in another, the innermost first. */
function inside(...writers: readonly ((content: Buffer) => Buffer)[]) {
  return (content: Buffer): Buffer => writers.reduce((octets, write) => write(octets), content);
}

const bzip2 = (content: Buffer): Buffer => packByPython(content, 'bzip2');
const xz = (content: Buffer): Buffer => packByPython(content, 'xz');
const inZip = (content: Buffer): Buffer => zipOf(content, { name: 'inner.zip' });
const inTar = (content: Buffer): Buffer => tar(content);

const zips: readonly FileForm[] = [
  zip('zip, deflated', () => ({})),
  zip('zip, stored', () => ({ method: 'stored' })),
  zip('zip with sizes for more than 4 GB (zip64)', () => ({ sizes: 'zip64' })),
  zip('zip with the sizes behind the data', () => ({ sizes: 'behind' })),
  zip('zip with bzip2', (content) => ({ method: { number: 12, packed: bzip2(content) } })),
  zip('zip with junk before it', () => ({ before: junk })),
  zip('zip with junk behind it', () => ({ behind: junk })),
  zip('zip behind a picture', () => ({ before: picture }), 'picture.gif'),
  zip('zip with two names for the file', () => ({ localName: 'picture.jpg' })),
  zip('zip named as a picture', () => ({}), 'picture.jpg'),
  zip('zip with the mark of a split archive', () => ({
    before: Buffer.from('PK00', 'latin1'),
  })),
  form('zip behind an empty zip', 'report.zip', zipType, (content) =>
    Buffer.concat([emptyZip, zipOf(content)]),
  ),
  form('zip before an empty zip', 'report.zip', zipType, (content) =>
    Buffer.concat([zipOf(content), emptyZip]),
  ),
  form('zip cut before its directory', 'report.zip', zipType, (content) => {
    const whole = zipOf(content);
    return whole.subarray(0, whole.indexOf('PK\x01\x02', 'latin1'));
  }),
];

const picture = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const emptyZip = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);

const compressed: readonly FileForm[] = [
  form('gzip', 'report.txt.gz', 'application/gzip', gzip),
  form('gzip with all optional fields', 'report.txt.gz', 'application/gzip', gzipWithFields),
  form('gzip in two members', 'report.txt.gz', 'application/gzip', gzipInMembers),
  form('bzip2', 'report.txt.bz2', 'application/x-bzip2', bzip2),
  form('xz', 'report.txt.xz', 'application/x-xz', xz),
  form('lzma', 'report.txt.lzma', anyType, (content) => packByPython(content, 'lzma')),
  form('zstd', 'report.txt.zst', 'application/zstd', zstd),
  form('compress', 'report.txt.Z', 'application/x-compress', compressZ),
];

const archives: readonly FileForm[] = [
  form('tar', 'report.tar', 'application/x-tar', inTar),
  form('tar from before POSIX', 'report.tar', 'application/x-tar', (content) =>
    tar(content, 'report.txt', 'v7'),
  ),
  form('tar with a long name', 'report.tar', 'application/x-tar', gnuTar),
  form('tar.gz', 'report.tar.gz', 'application/gzip', inside(inTar, gzip)),
  form('tar.bz2', 'report.tar.bz2', 'application/x-bzip2', inside(inTar, bzip2)),
  form('tar.xz', 'report.tar.xz', 'application/x-xz', inside(inTar, xz)),
  form('7z, stored', 'report.7z', 'application/x-7z-compressed', sevenZipCopied),
  form('7z with LZMA', 'report.7z', 'application/x-7z-compressed', sevenZipLzma),
  form('7z with LZMA2', 'report.7z', 'application/x-7z-compressed', sevenZipLzma2),
  form('RAR 4', 'report.rar', 'application/vnd.rar', (content) => rar4(content)),
  form('RAR 5', 'report.rar', 'application/vnd.rar', rar5),
  form('cabinet, stored', 'report.cab', 'application/vnd.ms-cab-compressed', (content) =>
    cabinet(content),
  ),
  form('cabinet with MSZIP', 'report.cab', 'application/vnd.ms-cab-compressed', (content) =>
    cabinet(content, 'mszip'),
  ),
  form('ISO 9660 image', 'report.iso', 'application/x-iso9660-image', iso9660),
  form('cpio', 'report.cpio', 'application/x-cpio', cpio),
  form('cpio, old format', 'report.cpio', 'application/x-cpio', oldCpio),
  form('ar', 'report.a', anyType, (content) => ar(['report.txt/', content])),
  form('Debian package', 'report.deb', 'application/vnd.debian.binary-package', debianPackage),
  form('ARJ', 'report.arj', 'application/x-arj', arj),
  form('LHA', 'report.lzh', 'application/x-lzh-compressed', lha),
];

const nested: readonly FileForm[] = [
  form('zip in a zip', 'report.zip', zipType, inside(zipOf, inZip)),
  form('zips nested five deep', 'report.zip', zipType, inside(zipOf, inZip, inZip, inZip, inZip)),
  form(
    'five formats in one another',
    'report.zip',
    zipType,
    inside(
      sevenZipLzma,
      (octets) => cabinet(octets, 'stored', 'report.7z'),
      (octets) => tar(octets, 'report.cab'),
      gzip,
      (octets) => zipOf(octets, { name: 'report.tar.gz' }),
    ),
  ),
  form(
    'gzip nested five deep',
    'report.gz',
    'application/gzip',
    inside(gzip, gzip, gzip, gzip, gzip),
  ),
];

const encrypted: readonly FileForm[] = [
  zip('zip encrypted in the traditional way', () => ({ encryption: 'traditional' })),
  zip('zip encrypted with AES', () => ({ encryption: 'aes' })),
  form('zip in a zip, encrypted', 'report.zip', zipType, (content) =>
    inZip(zipOf(content, { encryption: 'aes' })),
  ),
  form('7z, encrypted', 'report.7z', 'application/x-7z-compressed', sevenZipEncrypted),
  form('RAR 4, encrypted', 'report.rar', 'application/vnd.rar', (content) =>
    rar4(content, 'encrypted'),
  ),
];

export const archiveWrappings: readonly Wrapping[] = [
  ...zips,
  ...compressed,
  ...archives,
  ...nested,
].map(attached);

/** Nobody can look into these, neither here nor there. */
export const encryptedWrappings: readonly Wrapping[] = encrypted.map(attached);
