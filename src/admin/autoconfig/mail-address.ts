// Owns the two halves of a mail address that a stranger sent, as far as settings depend on them. Pure.
import { domainToASCII } from 'node:url';

export interface MailAddress {
  readonly address: string;
  readonly localPart: string;
  /** In the form of DNS, lower case. */
  readonly domain: string;
}

// RFC 5321 s.4.5.3.1: 64 octets, an @, 255 octets.
const maxLength = 320;

/** Undefined for what no mail program would send. */
export function parseMailAddress(text: string): MailAddress | undefined {
  if (text.length > maxLength) return undefined;
  const at = text.lastIndexOf('@');
  const localPart = text.slice(0, at);
  const domain = toDomain(text.slice(at + 1));
  const isWritten = at > 0 && /^[^\s\p{Cc}\p{Cs}"<>@]+$/u.test(localPart);
  return isWritten && domain !== undefined ? { address: text, localPart, domain } : undefined;
}

/** Undefined for what is no name of a domain. */
export function toDomain(text: string): string | undefined {
  // What follows would be cut off as parts of a URL.
  if (/[\s\p{Cc}/:?#@%\\]/u.test(text)) return undefined;
  const domain = domainToASCII(text.replace(/\.$/, ''));
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(domain) ? domain : undefined;
}
