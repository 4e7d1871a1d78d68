// Owns the words in which a plugin is taught what is spam and what is not.
import type { MessageView } from './message-view.ts';

/** Whose mail a lesson is about, in the words of the quarantine. */
export interface LessonAccount {
  /** The login name, printable. */
  readonly user: string;
  /** `pop.example.net`; with its port where that is none of POP3's own. */
  readonly upstreamHost: string;
}

/** A correction or a confirmation by somebody who is entitled to it. */
export interface Lesson {
  /** Undefined: by the administrator, for all accounts. */
  readonly account: LessonAccount | undefined;
  /** `forget` takes back what was learned from this message. */
  readonly as: 'spam' | 'ham' | 'forget';
  /** `correction`: a person says so. `confirmation`: implied by what was done with the message. */
  readonly weight: 'correction' | 'confirmation';
  readonly source: 'command' | 'link' | 'quarantine' | 'forwarded';
  /** As the upstream sent it, as far as it was kept. */
  readonly message: MessageView;
}

/** What the reader of an account wants done with all mail of the sender of this message, from now on. */
export interface SenderWish extends Pick<Lesson, 'source' | 'message'> {
  readonly account: LessonAccount;
  /** `forget` takes back either of the others. */
  readonly as: 'allow' | 'block' | 'forget';
}

/** What one plugin made of a lesson; one that failed has learned nothing. */
export interface LessonResult {
  readonly plugin: string;
  readonly outcome: LessonOutcome | { readonly kind: 'failed'; readonly code: string };
}

export type LessonOutcome =
  | { readonly kind: 'learned' }
  /** Known already, or not wanted; the reason is for people. */
  | { readonly kind: 'unchanged'; readonly reason: string };
