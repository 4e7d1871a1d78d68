// Owns telling archives, compressed files, compound files and PDF by their first octets: what has to
// be opened must not depend on what else a file pretends to be. Pure.
import { findSignature, type Kind, signature } from './kind.ts';

const signatures = [
  // APPNOTE.TXT s.4.3.7, s.8.5.4: a local header, if need be behind the marker of a split archive;
  // s.4.3.16: the end record of an empty archive.
  signature({ text: 'PK\x03\x04' }, { type: 'zip' }),
  signature({ text: 'PK\x05\x06' }, { type: 'zip' }),
  signature({ text: 'PK00PK\x03\x04' }, { type: 'zip' }),
  signature({ text: 'PK\x07\x08PK\x03\x04' }, { type: 'zip' }),
  signature({ text: 'Rar!\x1a\x07' }, { type: 'rar' }),
  signature({ text: '7z\xbc\xaf\x27\x1c' }, { type: '7z' }),
  signature({ text: 'MSCF' }, { type: 'cab' }),
  signature({ hex: '1f 8b 08' }, { type: 'gz' }),
  signature({ text: 'BZh' }, { type: 'bz2' }),
  signature({ hex: 'fd 37 7a 58 5a 00' }, { type: 'xz' }),
  signature({ hex: '28 b5 2f fd' }, { type: 'zst' }),
  signature({ hex: '1f 9d' }, { type: 'Z' }),
  signature({ text: 'LZIP' }, { type: 'lz' }),
  // The usual parameters, and a dictionary that is a multiple of 64 KB.
  signature({ hex: '5d 00 00' }, { type: 'lzma' }),
  signature({ text: 'ustar' }, { type: 'tar' }, 257),
  signature({ text: '07070' }, { type: 'cpio' }),
  signature({ text: '!<arch>\n' }, { type: 'ar' }),
  signature({ hex: 'd0 cf 11 e0 a1 b1 1a e1' }, { type: 'cfb' }),
];

// ISO 32000-1 annex H.3.4.1: readers find the header anywhere in the first 1024 octets.
const pdfHeader = Buffer.from('%PDF-');
const pdfSearched = 1024 + pdfHeader.length;

export function findPacked(head: Buffer): Kind | undefined {
  const found = findSignature(head, signatures);
  if (found !== undefined) return found;
  const at = head.indexOf(pdfHeader);
  return at !== -1 && at + pdfHeader.length <= pdfSearched ? { type: 'pdf' } : undefined;
}
