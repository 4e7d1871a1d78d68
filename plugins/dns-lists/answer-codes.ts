// Owns what the addresses mean that a list answers with (RFC 5782 s.2.1). Pure.

/** `127.0.0.2`, `127.0.0.4/30`, `127.0.*.3`, or a bit of the last octet as `bit 8`. */
export type Code = (octets: readonly number[]) => boolean;

export const codeForms = '127.0.0.2, 127.0.0.4/30, 127.0.*.3, or bit 8';

/** Undefined for what is none. */
export function parseCode(text: string): Code | undefined {
  const [, bitText] = /^bit (\d{1,3})$/.exec(text) ?? [];
  if (bitText !== undefined) return bitCode(Number(bitText));
  const [, address = '', lengthText] = /^([0-9*.]+)(?:\/(\d{1,2}))?$/.exec(text) ?? [];
  const parts = address.split('.');
  if (parts.length !== 4 || parts[0] !== '127') return undefined;
  if (!parts.every((part) => part === '*' || (/^\d{1,3}$/.test(part) && Number(part) <= 255))) {
    return undefined;
  }
  if (lengthText === undefined) {
    return (octets) => parts.every((part, index) => part === '*' || Number(part) === octets[index]);
  }
  const length = Number(lengthText);
  if (parts.includes('*') || length < 8 || length > 32) return undefined;
  const network = toNumber(parts.map(Number), length);
  return (octets) => toNumber(octets, length) === network;
}

function bitCode(bit: number): Code | undefined {
  const isBit = bit >= 1 && bit <= 128 && (bit & (bit - 1)) === 0;
  return isBit ? (octets) => ((octets[3] ?? 0) & bit) !== 0 : undefined;
}

function toNumber(octets: readonly number[], length: number): number {
  const all = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return Math.floor(all / 2 ** (32 - length));
}

export interface AnswerRule {
  readonly codes: readonly Code[];
  readonly logOdds: number;
  /** For people: `SBL`. */
  readonly label: string | undefined;
}

export type Meaning =
  | {
      readonly kind: 'listed';
      readonly logOdds: number;
      readonly code: string;
      readonly label: string | undefined;
    }
  /** The list has answered, and what it says is of no interest. */
  | { readonly kind: 'ignored' }
  /** It has refused to answer, or somebody else has answered in its place. */
  | { readonly kind: 'refused'; readonly code: string };

/** Refusals of the large lists: open resolvers, too many questions, questions of the wrong kind. */
const refusals = ['127.255.255.0/24', '127.0.0.1', '127.0.1.255'].flatMap(
  (text) => parseCode(text) ?? [],
);

/**
 * Of several rules that fit, the weightiest. Whatever lies outside of 127.0.0.0/8 comes from a resolver
 * that has an answer for every name, and is no word of the list (RFC 5782 s.2.1).
 */
export function meaningOf(addresses: readonly string[], rules: readonly AnswerRule[]): Meaning {
  let found: Meaning = { kind: 'ignored' };
  for (const code of addresses) {
    const octets = code.split('.').map(Number);
    if (octets[0] !== 127 || refusals.some((fits) => fits(octets)))
      return { kind: 'refused', code };
    for (const { codes, logOdds, label } of rules) {
      if (!codes.some((fits) => fits(octets))) continue;
      if (found.kind === 'listed' && Math.abs(found.logOdds) >= Math.abs(logOdds)) continue;
      found = { kind: 'listed', logOdds, code, label };
    }
  }
  return found;
}
