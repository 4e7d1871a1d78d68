// Owns which messages a client may delete: never the only copy of one that it was not given. It asks
// nobody; whether originals are safe is found out by whoever performs the session's actions.
import type { MaildropMessage } from './maildrop.ts';

export type DeletionVerdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly text: string }
  /** The client has only a notice: allowed when these originals are safe. */
  | { readonly kind: 'depends'; readonly originals: readonly string[] };

/** Ids of the originals in quarantine, by UIDL. */
export type KeptOriginals = ReadonlyMap<string, readonly string[]>;

const allowed: DeletionVerdict = { kind: 'allowed' };
const refused: DeletionVerdict = {
  kind: 'refused',
  text: 'this message could not be given to you now and is not deleted, try again later',
};

/** What a client reads when the original behind a notice is not there any longer. */
export const originalGone =
  'the original is no longer in quarantine, so the only copy is not deleted';

export class Deletions {
  readonly #keptBefore: KeptOriginals;
  /** What became of messages in this session, by number. */
  readonly #fates = new Map<number, 'given' | 'refused' | readonly string[]>();

  constructor(keptBefore: KeptOriginals = new Map()) {
    this.#keptBefore = keptBefore;
  }

  /** The client got the message; with `original`, only something in its place. */
  delivered({ number }: MaildropMessage, original: string | undefined): void {
    if (this.#fates.get(number) === 'given') return;
    this.#fates.set(number, original === undefined ? 'given' : [original]);
  }

  /** The client asked for the message and got -ERR. One it was given before stays given. */
  refused({ number }: MaildropMessage): void {
    if (!this.#fates.has(number)) this.#fates.set(number, 'refused');
  }

  verdictOn({ number, uidl }: MaildropMessage): DeletionVerdict {
    const fate = this.#fates.get(number);
    if (fate === 'given') return allowed;
    if (fate === 'refused') return refused;
    const originals = fate ?? (uidl === undefined ? undefined : this.#keptBefore.get(uidl));
    return originals === undefined ? allowed : { kind: 'depends', originals };
  }

  /** By number of the message, what of these is deleted behind a notice only. */
  originalsOf(messages: readonly MaildropMessage[]): ReadonlyMap<number, readonly string[]> {
    const originals = new Map<number, readonly string[]>();
    for (const message of messages) {
      const verdict = this.verdictOn(message);
      if (verdict.kind === 'depends') originals.set(message.number, verdict.originals);
    }
    return originals;
  }
}
