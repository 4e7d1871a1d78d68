// Owns what is said between a login that is about to be tried and whoever has all failed ones in view.
import type { ResponseCode } from '../../base/errors.ts';
import type { LoginsConfig } from '../../config/schema.ts';

/** Whom a login concerns. Digests are keyed: without the key they tell nothing. */
export interface LoginKeys {
  /** The client's address, or its /64 network. */
  readonly network: string;
  /** Of the login name, as the client gave it. */
  readonly name: string;
  /** Of the mail server and the user name there. */
  readonly account: string;
  /** Of the account, exactly as it was named, and the password. */
  readonly secret: string;
  readonly upstream: string;
}

/** What an upstream has said to a wrong password. */
export interface RefusalWords {
  readonly text: string;
  readonly responseCode: ResponseCode | undefined;
}

/** Whose failures delay a login. */
export type LoginLimit = 'address' | 'account' | 'upstream';

export type Permit =
  | { readonly kind: 'granted' }
  | { readonly kind: 'delayed'; readonly afterMs: number; readonly limit: LoginLimit }
  | { readonly kind: 'refused'; readonly afterMs: number; readonly limit: LoginLimit }
  /** The upstream has refused the same one lately. */
  | { readonly kind: 'samePassword'; readonly words: RefusalWords };

export interface LoginGate {
  /** Of the digests, for this run of the program. */
  readonly digestKey: Buffer;
  /** Whether this account has logged in from this address before, as far as is known here. */
  isFamiliar(keys: LoginKeys): boolean;
  /** A promise where somebody else has to be asked. */
  ask(keys: LoginKeys): Permit | Promise<Permit>;
  accepted(keys: LoginKeys): void;
  /** The upstream says that the password is wrong. Known to all before the client is. */
  wrongPassword(keys: LoginKeys, words: RefusalWords): unknown;
  /** Whether somebody has logged in under the name with this digest before. */
  knows(name: string): boolean | Promise<boolean>;
  setLimits(limits: LoginsConfig): void;
}
