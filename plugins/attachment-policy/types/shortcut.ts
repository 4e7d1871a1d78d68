// Owns telling files that start something else when they are opened. Pure.
import { findSignature, type Kind, signature } from './kind.ts';

const windowsShortcut: Kind = { type: 'lnk', trait: 'shortcut', detail: 'a Windows shortcut' };

const signatures = [
  // MS-SHLLINK s.2.1: size and class of a shell link.
  signature(
    { hex: '4c 00 00 00 01 14 02 00 00 00 00 00 c0 00 00 00 00 00 00 46' },
    windowsShortcut,
  ),
  signature(
    { hex: '62 6f 6f 6b 00 00 00 00 6d 61 72 6b 00 00 00 00' },
    { type: 'alias', trait: 'shortcut', detail: 'a macOS alias' },
  ),
];

// As text: the group that the reading program looks for may stand behind comments. Hardly any text has
// to be compared with a pattern, for want of the sign before it.
const groups: readonly (readonly [sign: string, pattern: RegExp, kind: Kind])[] = [
  [
    '[',
    /^\s*\[(?:InternetShortcut|\{000214A0-0000-0000-C000-000000000046\})\]/im,
    { type: 'url', trait: 'shortcut', detail: 'an Internet shortcut' },
  ],
  [
    '[Desktop Entry]',
    /^\s*\[Desktop Entry\]/m,
    { type: 'desktop', trait: 'shortcut', detail: 'a Linux desktop entry' },
  ],
  [
    '<',
    /^[^<]{0,16}(?:<\?xml[^>]{0,200}>\s*)?<(?:libraryDescription|searchConnectorDescription)\b/i,
    { type: 'library-ms', trait: 'shortcut', detail: 'a Windows library' },
  ],
];

const searchedLength = 1024;
const signs = Buffer.from('[<');

export function findShortcut(head: Buffer): Kind | undefined {
  const bySignature = findSignature(head, signatures);
  if (bySignature !== undefined) return bySignature;
  const start = head.subarray(0, searchedLength);
  if (!signs.some((sign) => start.includes(sign))) return undefined;
  const text = start.toString('latin1');
  return groups.find(([sign, pattern]) => text.includes(sign) && pattern.test(text))?.[2];
}
