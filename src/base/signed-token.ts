// Owns tokens that say "whoever has this may do one kind of thing to one object until a day". They are
// checked without asking anybody, and short enough for one line of a header. What they allow is not
// decided here.
//
// Octets: purpose (1), last day of validity since 1970 (2, big-endian), object (16), the first 16 of the
// HMAC-SHA-256 over these. The key is made of a master key and the purpose, so that no token serves another.
import { createHmac, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';

export type TokenPurpose = 'learn' | 'release';

export interface TokenFacts {
  readonly purpose: TokenPurpose;
  /** 16 octets that name the object and all that it is bound to. */
  readonly object: Buffer;
  /** The last of the days for which it is good, counted from 1970, UTC. */
  readonly lastDay: number;
}

const purposeOctets: Readonly<Record<TokenPurpose, number>> = { learn: 1, release: 2 };
const signedOctets = 19;
const macOctets = 16;
const tokenOctets = signedOctets + macOctets;
const dayMs = 86_400_000;

/** In base64url without padding. */
export const tokenLength = Math.ceil((tokenOctets * 4) / 3);
const pattern = /^[A-Za-z0-9_-]{47}$/;

export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs);
}

export class TokenSigner {
  readonly #keys: Readonly<Record<TokenPurpose, Buffer>>;

  constructor(masterKey: KeyObject) {
    this.#keys = { learn: keyFor(masterKey, 'learn'), release: keyFor(masterKey, 'release') };
  }

  sign({ purpose, object, lastDay }: TokenFacts): string {
    if (object.length !== 16) throw new RangeError('an object of a token has 16 octets');
    const signed = Buffer.alloc(signedOctets);
    signed.writeUInt8(purposeOctets[purpose], 0);
    signed.writeUInt16BE(lastDay, 1);
    object.copy(signed, 3);
    return Buffer.concat([signed, this.#mac(purpose, signed)]).toString('base64url');
  }

  /** Undefined for what is forged, cut, expired or for something else; which of these is not told. */
  verify(token: string, nowMs: number): TokenFacts | undefined {
    if (!pattern.test(token)) return undefined;
    const octets = Buffer.from(token, 'base64url');
    // The last digit has two bits that count for nothing: one token is written in one way only.
    if (octets.length !== tokenOctets || octets.toString('base64url') !== token) return undefined;
    const purpose = purposeOf(octets.readUInt8(0));
    if (purpose === undefined) return undefined;
    const signed = octets.subarray(0, signedOctets);
    const isGenuine = timingSafeEqual(this.#mac(purpose, signed), octets.subarray(signedOctets));
    const lastDay = octets.readUInt16BE(1);
    if (!isGenuine || dayOf(nowMs) > lastDay) return undefined;
    return { purpose, lastDay, object: Buffer.from(octets.subarray(3, signedOctets)) };
  }

  #mac(purpose: TokenPurpose, signed: Buffer): Buffer {
    return createHmac('sha256', this.#keys[purpose]).update(signed).digest().subarray(0, macOctets);
  }
}

function keyFor(masterKey: KeyObject, purpose: TokenPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', `postern signed token 1 ${purpose}`, 32));
}

function purposeOf(octet: number): TokenPurpose | undefined {
  if (octet === purposeOctets.learn) return 'learn';
  return octet === purposeOctets.release ? 'release' : undefined;
}
