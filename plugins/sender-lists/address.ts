// Owns the one form in which addresses and domains are compared, however they were written. Pure.
import { domainToASCII, domainToUnicode } from 'node:url';

export interface SenderAddress {
  /** `ann@example.org`, all in small letters, the domain in punycode. */
  readonly address: string;
  readonly domain: string;
}

// RFC 5321 s.4.5.3.1.
const longestLocal = 64;
const longestDomain = 255;

/** Undefined for what is no address that mail could go to. */
export function toSenderAddress(written: string): SenderAddress | undefined {
  const text = written.trim();
  const at = text.lastIndexOf('@');
  const local = toLocal(text.slice(0, Math.max(0, at)));
  const domain = toDomain(text.slice(at + 1));
  if (at < 1 || local === undefined || domain === undefined) return undefined;
  return { address: `${local}@${domain}`, domain };
}

/**
 * RFC 5321 s.2.4 has small and capital letters differ before the @. No provider of today does, and
 * whoever is blocked must not come back in capitals.
 */
function toLocal(written: string): string | undefined {
  const isQuoted = written.length > 2 && written.startsWith('"') && written.endsWith('"');
  const text = isQuoted ? written.slice(1, -1).replaceAll(/\\(.)/g, '$1') : written;
  if (text === '' || text.length > longestLocal || /[\p{Cc}\s]/u.test(text)) return undefined;
  return text.normalize('NFC').toLowerCase();
}

/** `EXAMPLE.org.` and `example.org` are one domain, as are `bücher.example` and `xn--bcher-kva.example`. */
export function toDomain(written: string): string | undefined {
  const text = written.endsWith('.') ? written.slice(0, -1) : written;
  if (text === '' || text.length > longestDomain) return undefined;
  // The runtime undoes escapes of URLs, which mean nothing in mail.
  if (!text.startsWith('[') && strangeInDomain.test(text)) return undefined;
  // RFC 5321 s.4.1.3: an address in brackets takes the place of a domain.
  if (/^\[[0-9a-z:.]+\]$/i.test(text)) return text.toLowerCase();
  const ascii = domainToASCII(text);
  return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(ascii) ? ascii : undefined;
}

/**
 * Is it written as its owner would write it, but for capital letters? Other ways (letters of full width,
 * invisible characters, a dot at the end) lead to the same place by way of rules that not all programs
 * have, and those which verify senders may not know it for the same.
 */
export function isWrittenPlainly(written: string): boolean {
  const at = written.lastIndexOf('@');
  const [local, domain] = [written.slice(0, at), written.slice(at + 1)];
  const canonical = toSenderAddress(written);
  if (canonical === undefined) return false;
  // There are letters beyond ASCII that are ASCII in lower case.
  const isSameLocal = isAscii(local) === isAscii(canonical.address.slice(0, -domain.length));
  const plain = domain.normalize('NFC').toLowerCase();
  return (
    isSameLocal &&
    isAscii(domain) === isAscii(plain) &&
    (plain === canonical.domain || plain === domainToUnicode(canonical.domain))
  );
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

/** `a.example.org`, `example.org`, `org`. */
export function selfAndParents(domain: string): string[] {
  const found: string[] = [];
  for (let at = 0; at !== -1 && found.length < mostLabels; ) {
    found.push(domain.slice(at === 0 ? 0 : at + 1));
    at = domain.indexOf('.', at + 1);
  }
  return found;
}

const mostLabels = 20;

/** ASCII but letters, digits, dots, hyphens and underscores. */
const strangeInDomain = /[\0-,/:-@[-^`{-\x7f]/;
