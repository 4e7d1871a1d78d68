// Owns a mail address as it stands in an envelope: `<user@example.org>`, without names and comments. Pure.

// RFC 5321 s.4.5.3.1.3.
const longestPath = 256;

/**
 * Without its angle brackets; '' for the empty path of a bounce. Undefined for what could not have been
 * said in SMTP: it goes to other programs as it is.
 */
export function toMailPath(text: string): string | undefined {
  const isBracketed = text.startsWith('<') && text.endsWith('>');
  const path = isBracketed ? text.slice(1, -1) : text;
  if (path === '') return isBracketed ? '' : undefined;
  // RFC 6531 allows letters beyond ASCII, which are octets above 127 here.
  if (path.length > longestPath || !/^[!-~\x80-\xff]+$/.test(path)) return undefined;
  if (/[<>,;()[\]\\"]/.test(path.slice(0, path.lastIndexOf('@')))) return undefined;
  return /^[^@]+@[^@<>,;()\\"]+$/.test(path) ? path : undefined;
}
