// Owns the shape of the answer to what a file is by its content.
import type { Trait } from '../trait.ts';

export interface Kind {
  /** One word, mostly that of the npm package file-type: `pdf`, `exe`, `iso`. */
  readonly type: string;
  /** What this kind of file is remarkable for. */
  readonly trait?: Trait;
  /** For the evidence: `a Windows program`. */
  readonly detail?: string;
}

export interface Signature extends Kind {
  readonly at?: number;
  readonly octets: Buffer;
}

/** Octets in hexadecimal, or text in latin1. */
export function signature(
  octets: { readonly hex: string } | { readonly text: string },
  kind: Kind,
  at = 0,
): Signature {
  const wanted =
    'hex' in octets
      ? Buffer.from(octets.hex.replaceAll(' ', ''), 'hex')
      : Buffer.from(octets.text, 'latin1');
  return { ...kind, octets: wanted, at };
}

export function findSignature(head: Buffer, signatures: readonly Signature[]): Kind | undefined {
  const found = signatures.find(
    ({ octets, at = 0 }) =>
      head[at] === octets[0] && head.subarray(at, at + octets.length).equals(octets),
  );
  if (found === undefined) return undefined;
  const { octets: _octets, at: _at, ...kind } = found;
  return kind;
}
