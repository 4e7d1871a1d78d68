// Owns telling packages of software by their first octets. Those that are zip archives or compound
// files are told when they are opened. Pure.
import { findSignature, type Kind, signature } from './kind.ts';

const signatures = [
  signature({ hex: 'ed ab ee db' }, { type: 'rpm', trait: 'installer', detail: 'a Linux package' }),
  signature(
    { text: '!<arch>\ndebian' },
    { type: 'deb', trait: 'installer', detail: 'a Linux package' },
  ),
  signature({ text: 'xar!' }, { type: 'xar', trait: 'installer', detail: 'a macOS package' }),
];

export function findInstaller(head: Buffer): Kind | undefined {
  return findSignature(head, signatures);
}
