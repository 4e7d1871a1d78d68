import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ArchiveClaims,
  findArchive,
} from '../../../plugins/attachment-policy/archive-magic.ts';
import { findProgram } from '../../../plugins/attachment-policy/program-magic.ts';
import { holdsTestVirus } from '../../../plugins/attachment-policy/test-virus.ts';
import { eicar, windowsProgram } from './samples.ts';

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

const noOffset = windowsProgram();
noOffset.writeUInt32LE(0x2020_2020, 0x3c);

const programs: readonly (readonly [string, Buffer, string | undefined])[] = [
  ['a Windows program', windowsProgram(), 'a Windows program'],
  ['one whose header stands far behind', windowsProgram(0x0010_0000), 'a Windows program'],
  ['one with its letters exchanged', latin1(`ZM${'\0'.repeat(70)}`), 'a Windows program'],
  [
    'text that starts with MZ',
    latin1(`MZ is the mark of Mark Zbikowski. ${'a'.repeat(99)}`),
    undefined,
  ],
  ['MZ with blanks for an offset', noOffset, undefined],
  ['MZ alone', latin1('MZ'), undefined],
  ['a short file that starts with MZ', latin1(`MZ${'\0'.repeat(61)}`), undefined],
  ['a Linux program', latin1('\x7fELF\x02\x01'), 'a Linux program'],
  ['a macOS program', Buffer.from('cffaedfe07000001', 'hex'), 'a macOS program'],
  ['a macOS program of the other kind', Buffer.from('feedface', 'hex'), 'a macOS program'],
  ['a Java class', Buffer.from('cafebabe00000034', 'hex'), 'a Java or macOS program'],
  ['an Android program', latin1('dex\n035\0'), 'an Android program'],
  [
    'a Windows shortcut',
    Buffer.from('4c0000000114020000000000c000000000000046ff', 'hex'),
    'a Windows shortcut',
  ],
  ['the letter L', latin1('L\0\0\0'), undefined],
  ['a cabinet', latin1('MSCF\0\0\0\0'), 'a Windows installation archive'],
  ['a help file', latin1('ITSF\x03\0\0\0'), 'a Windows help file, which can run programs'],
  ['a script', latin1('#!/bin/sh\n'), undefined],
  ['a PDF', latin1('%PDF-1.7'), undefined],
  ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), undefined],
  ['nothing', Buffer.alloc(0), undefined],
  ['a cut signature', latin1('\x7fEL'), undefined],
];

for (const [name, head, kind] of programs) {
  test(`${name} is ${kind ?? 'no program'}`, () => {
    assert.equal(findProgram(head), kind);
  });
}

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

const zip = { kind: 'zip' };
const none: ArchiveClaims = { names: [], contentType: 'application/octet-stream' };

const archives: readonly (readonly [string, Buffer, ArchiveClaims, object | undefined])[] = [
  ['a zip', latin1('PK\x03\x04\x14'), none, zip],
  ['an empty zip', latin1('PK\x05\x06\0'), none, zip],
  ['a part of a split zip', latin1('PK\x07\x08PK\x03\x04'), none, zip],
  ['a split zip in one part', latin1('PK00PK\x03\x04'), none, zip],
  ['a RAR', latin1('Rar!\x1a\x07\x01\0'), none, { kind: 'closed', format: 'RAR' }],
  [
    'a RAR named zip',
    latin1('Rar!\x1a\x07\0'),
    { names: ['a.zip'] },
    { kind: 'closed', format: 'RAR' },
  ],
  ['a 7z', latin1('7z\xbc\xaf\x27\x1c'), none, { kind: 'closed', format: '7z' }],
  ['something named zip', latin1('GIF89a'), { names: ['a.ZIP '] }, zip],
  ['something of that type', latin1('GIF89a'), { names: [], contentType: 'application/zip' }, zip],
  ['nothing at all named zip', Buffer.alloc(0), { names: ['a.zip'] }, undefined],
  ['a picture', latin1('GIF89a'), { names: ['a.gif'] }, undefined],
  ['text about PK', latin1('PK wrote'), none, undefined],
];

for (const [name, head, claims, kind] of archives) {
  test(`${name} is ${kind === undefined ? 'no archive' : JSON.stringify(kind)}`, () => {
    assert.deepEqual(findArchive(head, claims), kind);
  });
}
