import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Trait } from '../../../../plugins/attachment-policy/trait.ts';
import { detect, headBytes, isProse } from '../../../../plugins/attachment-policy/types/detect.ts';
import { findDiskImage } from '../../../../plugins/attachment-policy/types/disk-image.ts';
import { findMarkup } from '../../../../plugins/attachment-policy/types/markup.ts';
import { findScript } from '../../../../plugins/attachment-policy/types/script.ts';
import { startOfText } from '../../../../plugins/attachment-policy/types/start-of-text.ts';
import { holdsTestVirus } from '../../../../plugins/attachment-policy/types/test-virus.ts';
import { eicar, windowsProgram } from '../samples.ts';

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Octets at a place in a file of zeros. */
function at(offset: number, text: string): Buffer {
  return Buffer.concat([Buffer.alloc(offset), latin1(text), Buffer.alloc(64)]);
}

function bootSector(fill: (sector: Buffer) => void): Buffer {
  const sector = Buffer.alloc(512);
  sector.writeUInt16LE(0xaa55, 510);
  fill(sector);
  return sector;
}

const noOffset = windowsProgram();
noOffset.writeUInt32LE(0x2020_2020, 0x3c);

type Case = readonly [what: string, head: Buffer, type: string | undefined, trait?: Trait];

const cases: readonly Case[] = [
  ['a Windows program', windowsProgram(), 'exe', 'executable'],
  ['one whose header stands far behind', windowsProgram(0x0010_0000), 'exe', 'executable'],
  ['one with its letters exchanged', latin1(`ZM${'\0'.repeat(70)}`), 'exe', 'executable'],
  ['a Linux program', latin1('\x7fELF\x02\x01'), 'elf', 'executable'],
  ['a macOS program', Buffer.from('cffaedfe07000001', 'hex'), 'macho', 'executable'],
  ['a macOS program of the other kind', Buffer.from('feedface', 'hex'), 'macho', 'executable'],
  ['a Java class', Buffer.from('cafebabe00000034', 'hex'), 'class', 'executable'],
  ['an Android program', latin1('dex\n035\0'), 'dex', 'executable'],
  ['a help file', latin1('ITSF\x03\0\0\0'), 'chm', 'executable'],

  [
    'a Windows shortcut',
    Buffer.from('4c0000000114020000000000c000000000000046ff', 'hex'),
    'lnk',
    'shortcut',
  ],
  ['an Internet shortcut', latin1('[InternetShortcut]\r\nURL=file://x'), 'url', 'shortcut'],
  ['one behind other groups', latin1('[a]\r\nb=c\r\n[internetshortcut]\r\n'), 'url', 'shortcut'],
  ['a desktop entry', latin1('# x\n[Desktop Entry]\nExec=sh\n'), 'desktop', 'shortcut'],
  [
    'a library',
    latin1('<?xml version="1.0"?>\n<libraryDescription xmlns="x">'),
    'library-ms',
    'shortcut',
  ],

  ['a virtual disk', latin1('vhdxfile'), 'vhdx', 'disk-image'],
  ['an old virtual disk', latin1('conectix\0\0'), 'vhd', 'disk-image'],
  ['a Windows image', latin1('MSWIM\0\0\0'), 'wim', 'disk-image'],
  ['a floppy', bootSector((sector) => sector.write('FAT12   ', 54)), 'img', 'disk-image'],
  ['a stick', bootSector((sector) => sector.write('FAT32   ', 82)), 'img', 'disk-image'],
  ['an NTFS volume', bootSector((sector) => sector.write('NTFS    ', 3)), 'img', 'disk-image'],
  [
    'a disk with partitions',
    bootSector((sector) => {
      sector.writeUInt8(0x80, 446);
      sector.writeUInt8(7, 450);
      sector.writeUInt32LE(2048, 458);
    }),
    'img',
    'disk-image',
  ],
  ['octets that end like a boot sector', bootSector((sector) => sector.fill(7, 0, 510)), undefined],

  ['a Linux package', Buffer.from('edabeedb03000000', 'hex'), 'rpm', 'installer'],
  ['a Debian package', latin1('!<arch>\ndebian-binary   '), 'deb', 'installer'],
  ['a macOS package', latin1('xar!\0\x1c'), 'xar', 'installer'],
  ['a notebook', Buffer.from('e4525c7b8cd8a74daeb15378d02996d3', 'hex'), 'one', 'onenote'],

  ['a script for Unix', latin1('#!/bin/sh\nrm x\n'), 'sh', 'script'],
  ['a batch file', latin1('\r\n@ECHO OFF\r\n'), 'bat', 'script'],
  ['an encoded script', latin1('#@~^XAAAAA==Z'), 'vbe', 'script'],
  [
    'a Windows script',
    latin1('<?xml version="1.0"?>\r\n<job id="a">\r\n<script language="JScript">'),
    'wsf',
    'script',
  ],
  [
    'a script component',
    latin1('<?XML version="1.0"?><scriptlet><registration/><script>'),
    'sct',
    'script',
  ],
  ['an HTML application', latin1('<html><head><HTA:APPLICATION id=x>'), 'hta', 'script'],
  ['one in UTF-16', Buffer.from('\ufeff<html><hta:application>', 'utf16le'), 'hta', 'script'],

  ['a zip', latin1('PK\x03\x04\x14'), 'zip'],
  ['an empty zip', latin1('PK\x05\x06\0'), 'zip'],
  ['a part of a split zip', latin1('PK\x07\x08PK\x03\x04'), 'zip'],
  ['a split zip in one part', latin1('PK00PK\x03\x04'), 'zip'],
  ['a RAR', latin1('Rar!\x1a\x07\x01\0'), 'rar'],
  ['a 7z', latin1('7z\xbc\xaf\x27\x1c'), '7z'],
  ['a cabinet', latin1('MSCF\0\0\0\0'), 'cab'],
  ['an LZMA', Buffer.from('5d00008000ffffffffffffffff', 'hex'), 'lzma'],
  ['a gzip', Buffer.from('1f8b0800', 'hex'), 'gz'],
  ['a tar', at(257, 'ustar\x0000'), 'tar'],
  ['a compound file', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'cfb'],
  ['a PDF', latin1('%PDF-1.7'), 'pdf'],
  ['a PDF behind a line', latin1('HTTP/1.1 200 OK\r\n\r\n%PDF-1.7'), 'pdf'],
  ['a rich text', latin1('{\\rtf1\\ansi'), 'rtf'],
  ['one that only Word accepts', latin1('{\\rt bin'), 'rtf'],

  ['a web page', latin1('<!DOCTYPE html>\n<html>'), 'html'],
  ['a web page without a head', latin1('\n <script>alert(1)</script>'), 'html'],
  ['a web page in UTF-16', Buffer.from('\ufeff<html>', 'utf16le'), 'html'],
  ['a picture in SVG', latin1('<svg xmlns="http://www.w3.org/2000/svg">'), 'svg'],
  [
    'one behind a prologue',
    latin1('<?xml version="1.0"?><!-- x --><!DOCTYPE svg PUBLIC "a" "b" [<!ENTITY a "b">]><svg>'),
    'svg',
  ],
  ['other markup', latin1('<?xml version="1.0"?><invoice>'), 'xml'],

  ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'png'],
  [
    'text that starts with MZ',
    latin1(`MZ is the mark of Mark Zbikowski. ${'a'.repeat(99)}`),
    undefined,
  ],
  ['MZ with blanks for an offset', noOffset, undefined],
  ['MZ alone', latin1('MZ'), undefined],
  ['a short file that starts with MZ', latin1(`MZ${'\0'.repeat(61)}`), undefined],
  ['the letter L', latin1('L\0\0\0'), undefined],
  ['text about PK', latin1('PK wrote'), undefined],
  ['a cut signature', latin1('\x7fEL'), undefined],
  ['a letter', latin1('Buy milk.\r\n'), undefined],
  ['nothing', Buffer.alloc(0), undefined],
];

for (const [what, head, type, trait] of cases) {
  test(`${what} is ${type ?? 'of no known type'}${trait === undefined ? '' : `: ${trait}`}`, async () => {
    const kind = await detect(head);
    assert.deepEqual([kind?.type, kind?.trait], [type, trait]);
  });
}

const images: readonly (readonly [string, Buffer, string])[] = [
  ['a CD', at(0x8001, 'CD001'), 'iso'],
  ['a CD in raw sectors', at(16 * 2352 + 25, 'CD001'), 'iso'],
  ['a CD with a DVD behind it', at(0x8801, 'CD001'), 'iso'],
  ['a DVD', at(0x8001, 'BEA01'), 'udf'],
];

for (const [what, head, type] of images) {
  test(`${what} is told far behind the start`, () => {
    assert.equal(findDiskImage(head)?.type, type);
    assert.equal(findDiskImage(head.subarray(0, headBytes)), undefined);
  });
}

test('no octets whatever make the detection fail', async () => {
  const magic = fc.constantFrom(...cases.map(([, head]) => head.subarray(0, 64)));
  const noise = fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets));
  await fc.assert(
    fc.asyncProperty(magic, noise, async (start, rest) => {
      await detect(Buffer.concat([start, rest]));
    }),
    { numRuns: 300 },
  );
});

test('in what is taken for prose there is neither a script nor markup', () => {
  const heads = fc.oneof(
    fc.constantFrom(...cases.map(([, head]) => head.toString('latin1'))),
    fc.stringMatching(/^[a-zA-Z@#{<\s][ -~]{0,30}$/),
  );
  const encodings = fc.constantFrom<BufferEncoding>('latin1', 'utf8', 'utf16le');
  let prose = 0;
  fc.assert(
    fc.property(heads, heads, encodings, (start, rest, encoding) => {
      const head = Buffer.from(`${start}${rest}`, encoding);
      if (!isProse(head)) return;
      prose += 1;
      const text = startOfText(head);
      assert.equal(findScript(text), undefined);
      assert.equal(findMarkup(text), undefined);
    }),
    { numRuns: 2000 },
  );
  assert.ok(prose > 100, `${prose}`);
});

const viruses: readonly (readonly [string, Buffer, boolean])[] = [
  ['alone', eicar, true],
  ['before white space', Buffer.concat([eicar, latin1('\r\n \t\x1a')]), true],
  ['before anything else', Buffer.concat([eicar, latin1('and more')]), true],
  ['at the end of the first 128 octets', Buffer.concat([latin1('x'.repeat(60)), eicar]), true],
  ['beyond the first 128 octets', Buffer.concat([latin1('x'.repeat(61)), eicar]), false],
  ['without its last octet', eicar.subarray(0, -1), false],
  ['in lower case', latin1(eicar.toString('latin1').toLowerCase()), false],
];

for (const [name, head, isFound] of viruses) {
  test(`the test virus ${name} is ${isFound ? 'found' : 'not found'}`, () => {
    assert.equal(holdsTestVirus(head), isFound);
  });
}
