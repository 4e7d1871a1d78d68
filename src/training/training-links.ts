// Owns the addresses that readers are given: which token stands in them, and how one is found again in what
// somebody has forwarded. It opens no page.

import type { KeyObject } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import {
  dayOf,
  type TokenFacts,
  type TokenPurpose,
  TokenSigner,
  tokenLength,
} from '../base/signed-token.ts';

export interface LinkSettings {
  /** With a slash at its end. */
  readonly url: string;
  readonly validForDays: number;
}

/** Of one text: more than anybody forwards, and few enough to be checked. */
const maxTokens = 20;

export class TrainingLinks {
  readonly #signer: TokenSigner;
  readonly #settings: LinkSettings;
  readonly #clock: Clock;

  constructor(key: KeyObject, settings: LinkSettings, clock: Clock) {
    this.#signer = new TokenSigner(key);
    this.#settings = settings;
    this.#clock = clock;
  }

  /** To what a reader says of a message; `message` is its id among those that are kept. */
  toLearn(message: Buffer): string {
    return this.#urlOf('learn', message);
  }

  /** To the release of one original; `quarantineId` has 32 hex digits. */
  toRelease(quarantineId: string): string {
    return this.#urlOf('release', Buffer.from(quarantineId, 'hex'));
  }

  verify(token: string): TokenFacts | undefined {
    return this.#signer.verify(token, this.#clock.nowMs());
  }

  /** The id of the first message that a text has a good link to: in latin1 or decoded. */
  findMessage(text: string): Buffer | undefined {
    const { url } = this.#settings;
    let at = text.indexOf(url);
    for (let count = 0; at !== -1 && count < maxTokens; count += 1) {
      const start = at + url.length;
      const facts = this.verify(text.slice(start, start + tokenLength));
      if (facts?.purpose === 'learn') return facts.object;
      at = text.indexOf(url, start);
    }
    return undefined;
  }

  #urlOf(purpose: TokenPurpose, object: Buffer): string {
    const { url, validForDays } = this.#settings;
    const lastDay = dayOf(this.#clock.nowMs()) + validForDays;
    return url + this.#signer.sign({ purpose, object, lastDay });
  }
}
