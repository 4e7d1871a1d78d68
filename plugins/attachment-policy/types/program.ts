// Owns telling programs by their first octets, whatever their name or type says. Pure.
import { findSignature, type Kind, signature } from './kind.ts';

function program(type: string, detail: string): Kind {
  return { type, trait: 'executable', detail };
}

const macProgram = program('macho', 'a macOS program');

const signatures = [
  signature({ hex: '7f 45 4c 46' }, program('elf', 'a Linux program')),
  signature({ hex: 'fe ed fa ce' }, macProgram),
  signature({ hex: 'fe ed fa cf' }, macProgram),
  signature({ hex: 'ce fa ed fe' }, macProgram),
  signature({ hex: 'cf fa ed fe' }, macProgram),
  // Also the first octets of a macOS program for several processors.
  signature({ hex: 'ca fe ba be' }, program('class', 'a Java or macOS program')),
  signature({ hex: 'ca fe ba bf' }, macProgram),
  signature({ hex: '64 65 78 0a 30' }, program('dex', 'an Android program')),
  signature(
    { hex: '49 54 53 46 03 00 00 00' },
    program('chm', 'a Windows help file, which can run programs'),
  ),
];

const windowsProgram = program('exe', 'a Windows program');
const dosHeaderLength = 0x40;
const newHeaderOffset = 0x3c;
// Four characters of text read as a number are above 0x09090909.
const largestOffset = 0x0900_0000;

export function findProgram(head: Buffer): Kind | undefined {
  return isWindowsProgram(head) ? windowsProgram : findSignature(head, signatures);
}

/**
 * MZ, and an offset of the header behind it that can be one. The header itself is not looked for:
 * it may stand anywhere in the file, while text that happens to start with MZ fails the offset.
 */
function isWindowsProgram(head: Buffer): boolean {
  const [first, second] = head;
  const isMarked = (first === 0x4d && second === 0x5a) || (first === 0x5a && second === 0x4d);
  if (!isMarked) return false;
  return head.length >= dosHeaderLength && head.readUInt32LE(newHeaderOffset) < largestOffset;
}
