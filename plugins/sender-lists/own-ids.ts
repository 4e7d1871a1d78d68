// Owns which Message-IDs are of messages that the reader of an account has written, as far as that is known:
// from copies that came back, and from answers of others.
import { createHash } from 'node:crypto';
import type { Clock, MaildropFacts, SqlDatabase } from '#plugin-api';
import type { MessageId } from './conversation.ts';

export const ownIdMigration = `CREATE TABLE own_id (
   user TEXT NOT NULL,
   host TEXT NOT NULL,
   id TEXT NOT NULL,
   -- Empty for what the reader has written for certain; else the domain of who has quoted it first.
   quoted_by TEXT NOT NULL,
   seen INTEGER NOT NULL,
   PRIMARY KEY (user, host, id)
 ) STRICT, WITHOUT ROWID;
 CREATE INDEX own_id_by_age ON own_id (user, host, seen)`;

/** `written`: by the reader. `quoted`: by somebody in another domain before. `new`: by nobody yet. */
export type IdKnowledge = 'written' | 'quoted' | 'new';

/** An answer comes within weeks. */
const mostOfAccount = 2000;

export class OwnIds {
  readonly #database: SqlDatabase;
  readonly #clock: Clock;

  constructor(database: SqlDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  addWritten(account: MaildropFacts, id: MessageId): void {
    this.#put(account, id, '');
  }

  /** What was known before `domain` quoted it. */
  knowledgeOf(account: MaildropFacts, id: MessageId, domain: string): IdKnowledge {
    const row = this.#database.get(
      'SELECT quoted_by FROM own_id WHERE user = :user AND host = :host AND id = :id',
      keyOf(account, id),
    );
    if (row === undefined) return 'new';
    if (row['quoted_by'] === '') return 'written';
    return row['quoted_by'] === domain ? 'new' : 'quoted';
  }

  addQuoted(account: MaildropFacts, id: MessageId, domain: string): void {
    this.#put(account, id, domain);
  }

  #put(account: MaildropFacts, id: MessageId, quotedBy: string): void {
    const key = keyOf(account, id);
    this.#database.transaction(() => {
      // Who was first stays, but for certainty.
      this.#database.run(
        `INSERT INTO own_id (user, host, id, quoted_by, seen)
         VALUES (:user, :host, :id, :quotedBy, :seen)
         ON CONFLICT DO UPDATE SET quoted_by = '' WHERE excluded.quoted_by = ''`,
        { ...key, quotedBy, seen: this.#clock.nowMs() },
      );
      this.#database.run(
        `DELETE FROM own_id WHERE user = :user AND host = :host AND id IN (
           SELECT id FROM own_id WHERE user = :user AND host = :host
           ORDER BY seen DESC LIMIT -1 OFFSET ${mostOfAccount})`,
        { user: key.user, host: key.host },
      );
    });
  }
}

/** What the reader writes to whom is nobody's business: a digest does. */
function keyOf(account: MaildropFacts, id: MessageId) {
  const digest = createHash('sha256').update(id).digest('base64url').slice(0, 22);
  return { user: account.user, host: account.upstreamHost, id: digest };
}
