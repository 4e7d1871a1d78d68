// Owns telling programs by their first octets, whatever their name or type says. Pure.

interface Signature {
  readonly octets: Buffer;
  readonly kind: string;
}

function signature(hex: string, kind: string): Signature {
  return { octets: Buffer.from(hex.replaceAll(' ', ''), 'hex'), kind };
}

const signatures: readonly Signature[] = [
  signature('7f 45 4c 46', 'a Linux program'),
  signature('fe ed fa ce', 'a macOS program'),
  signature('fe ed fa cf', 'a macOS program'),
  signature('ce fa ed fe', 'a macOS program'),
  signature('cf fa ed fe', 'a macOS program'),
  // Also the first octets of a macOS program for several processors.
  signature('ca fe ba be', 'a Java or macOS program'),
  signature('ca fe ba bf', 'a macOS program'),
  signature('64 65 78 0a 30', 'an Android program'),
  // MS-SHLLINK s.2.1: size and class of a shell link.
  signature('4c 00 00 00 01 14 02 00 00 00 00 00 c0 00 00 00 00 00 00 46', 'a Windows shortcut'),
  signature('4d 53 43 46 00 00 00 00', 'a Windows installation archive'),
  signature('49 54 53 46 03 00 00 00', 'a Windows help file, which can run programs'),
];

const dosHeaderLength = 0x40;
const newHeaderOffset = 0x3c;
// Four characters of text read as a number are above 0x09090909.
const largestOffset = 0x0900_0000;

/** What kind of program it is; undefined when it is none. */
export function findProgram(head: Buffer): string | undefined {
  if (isWindowsProgram(head)) return 'a Windows program';
  return signatures.find(({ octets }) => head.subarray(0, octets.length).equals(octets))?.kind;
}

/**
 * MZ, and an offset of the header behind it that can be one. The header itself is not looked for:
 * it may stand anywhere in the file, while text that happens to start with MZ fails the offset.
 */
function isWindowsProgram(head: Buffer): boolean {
  const start = head.toString('latin1', 0, 2);
  if (start !== 'MZ' && start !== 'ZM') return false;
  return head.length >= dosHeaderLength && head.readUInt32LE(newHeaderOffset) < largestOffset;
}
