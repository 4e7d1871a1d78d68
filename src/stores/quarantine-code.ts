// Owns the short names of entries: what people read out, type and mistype. Pure, but for chance.
import { randomBytes } from 'node:crypto';

/** Crockford's base32: no I, L, O or U, which are taken for others or make words. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeLength = 12;
const pattern = new RegExp(`^[${alphabet}]{${codeLength}}$`);
const misread: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

/** 60 random bits, so that nobody finds a code by trying: `K7QF-2M9P-X4TD`. */
export function newQuarantineCode(): string {
  // 256 is a multiple of 32: every digit is equally likely.
  return inGroups([...randomBytes(codeLength)].map((octet) => alphabet[octet % 32]).join(''));
}

/** In any case, with or without hyphens and blanks, O for 0, I and L for 1; undefined for no code. */
export function parseQuarantineCode(text: string): string | undefined {
  const digits = text
    .toUpperCase()
    .replaceAll(/[-\s]/g, '')
    .replaceAll(/[OIL]/g, (letter) => misread[letter] ?? letter);
  return pattern.test(digits) ? inGroups(digits) : undefined;
}

function inGroups(digits: string): string {
  return digits.replaceAll(/.{4}(?=.)/g, '$&-');
}
