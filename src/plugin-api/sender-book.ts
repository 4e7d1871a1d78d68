// Owns how a command, or a page, manages senders that a plugin remembers. What becomes of their mail is the
// plugin's business.
import type { MaildropFacts } from './context.ts';

export interface BookedSender {
  /** Undefined: for all accounts. */
  readonly account: MaildropFacts | undefined;
  readonly list: 'allow' | 'block';
  /** `ann@example.org`, `example.org`, or in another form that the plugin knows. */
  readonly entry: string;
  /** Milliseconds since 1970; undefined for one without end. */
  readonly untilMs: number | undefined;
}

export interface BookedEntry extends BookedSender {
  /** Who put it there; a word. */
  readonly origin: string;
  readonly addedAtMs: number;
}

export interface SenderBook {
  /** Of one account, of all of them in general (undefined), or everything; in the order of the entries. */
  entries(whose: MaildropFacts | undefined | 'everyone'): Iterable<BookedEntry>;
  /**
   * An entry is on one list of an account only: the last word counts. Returns it in its one form; throws
   * SyntaxError for what is no entry, and RangeError when the account has too many.
   */
  put(sender: BookedSender): BookedEntry;
  /** From whichever list; false when it was on none. Throws SyntaxError for what is no entry. */
  remove(account: MaildropFacts | undefined, entry: string): boolean;
}
