// Owns values that must never be printed. Nothing here logs.
import { inspect } from 'node:util';

const shown = '[secret]';

/** Bytes of a password or token. Prints, serialises and inspects as `[secret]`. */
export class Secret {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  static fromText(text: string): Secret {
    return new Secret(Buffer.from(text, 'utf8'));
  }

  /** The bytes themselves; only for putting them on an encrypted wire or comparing them. */
  reveal(): Buffer {
    return this.#bytes;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}

/** What a client proved itself with: octets as they were sent, never re-encoded. */
export interface Credentials {
  readonly user: Buffer;
  readonly password: Secret;
}
