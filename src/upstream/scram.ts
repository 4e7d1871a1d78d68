// Owns the client side of SCRAM (RFC 5802, RFC 7677) without channel binding: messages and proofs.
// Deriving the key takes long and is left to the caller.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { saslprep } from '@mongodb-js/saslprep';
import type { Credentials } from '../base/secret.ts';

export type ScramHash = 'sha1' | 'sha256';

/** Input of PBKDF2; the key has the length of the hash. */
export interface KeyRequest {
  readonly password: Buffer;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly hash: ScramHash;
}

/** "no channel binding": the proxy ends TLS on both legs, so there is no common channel to bind. */
const gs2Header = 'n,,';
/** RFC 7677 s.4 asks for 4096 at least; fewer make the proof cheap to break for who reads it. */
const minIterations = 4096;
/** A server must not choose how long the proxy computes. */
const maxIterations = 1_000_000;

export class ScramClient {
  readonly #hash: ScramHash;
  readonly #password: Buffer;
  readonly #nonce: string;
  readonly #firstBare: string;
  #authMessage = '';
  #serverSignature: Buffer | undefined;

  /** `nonce` is printable ASCII without commas, never used before. */
  constructor(hash: ScramHash, credentials: Credentials, nonce: string) {
    this.#hash = hash;
    this.#password = prepared(credentials.password.reveal());
    this.#nonce = nonce;
    const user = prepared(credentials.user)
      .toString('utf8')
      .replaceAll('=', '=3D')
      .replaceAll(',', '=2C');
    this.#firstBare = `n=${user},r=${nonce}`;
  }

  /** client-first-message. */
  first(): Buffer {
    return Buffer.from(`${gs2Header}${this.#firstBare}`);
  }

  /** Reads server-first-message; undefined when it breaks the rules. */
  readServerFirst(message: Buffer): KeyRequest | undefined {
    const text = message.toString('utf8');
    const match = /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/=]+),i=(\d{1,7})(?:,|$)/.exec(text);
    const [, nonce = '', salt = '', count = ''] = match ?? [];
    const iterations = Number(count);
    if (match === null || !nonce.startsWith(this.#nonce) || nonce === this.#nonce) return undefined;
    if (iterations < minIterations || iterations > maxIterations) return undefined;
    this.#authMessage = `${this.#firstBare},${text},${withoutProof(nonce)}`;
    return {
      password: this.#password,
      salt: Buffer.from(salt, 'base64'),
      iterations,
      hash: this.#hash,
    };
  }

  /** client-final-message, from the key that belongs to the KeyRequest. */
  final(saltedPassword: Buffer): Buffer {
    const clientKey = this.#hmac(saltedPassword, 'Client Key');
    const storedKey = createHash(this.#hash).update(clientKey).digest();
    const signature = this.#hmac(storedKey, this.#authMessage);
    const proof = clientKey.map((octet, index) => octet ^ (signature[index] ?? 0));
    const serverKey = this.#hmac(saltedPassword, 'Server Key');
    this.#serverSignature = this.#hmac(serverKey, this.#authMessage);
    const finalNonce = this.#authMessage.slice(this.#authMessage.lastIndexOf(',c=') + 1);
    return Buffer.from(`${finalNonce},p=${Buffer.from(proof).toString('base64')}`);
  }

  /** Did the server prove that it knows the password too? */
  isServerGenuine(serverFinal: Buffer): boolean {
    const match = /^v=([A-Za-z0-9+/=]+)(?:,|$)/.exec(serverFinal.toString('latin1'));
    const given = Buffer.from(match?.[1] ?? '', 'base64');
    const expected = this.#serverSignature;
    return (
      expected !== undefined && given.length === expected.length && timingSafeEqual(given, expected)
    );
  }

  #hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.#hash, key).update(text).digest();
  }
}

function withoutProof(nonce: string): string {
  return `c=${Buffer.from(gs2Header).toString('base64')},r=${nonce}`;
}

/**
 * SASLprep (RFC 4013) for text in UTF-8. Octets that are no such text, or hold what SASLprep forbids,
 * are used as they are: the server then compares what the client typed.
 */
function prepared(octets: Buffer): Buffer {
  if (octets.every((octet) => octet >= 0x20 && octet < 0x7f)) return octets;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(octets);
    return Buffer.from(saslprep(text), 'utf8');
  } catch {
    return octets;
  }
}
