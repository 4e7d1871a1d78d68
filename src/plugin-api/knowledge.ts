// Owns in which words a plugin is asked for what it has learned: `postern spam` uses them.
import type { LessonAccount } from './lesson.ts';
import type { MessageView } from './message-view.ts';
import type { ScoreReason } from './verdict.ts';

/** What was learned for one account, or for all of them. */
export interface KnowledgeEntry {
  /** Undefined: for all accounts. */
  readonly account: LessonAccount | undefined;
  readonly spamLessons: number;
  readonly hamLessons: number;
  readonly changedMs: number;
}

/** All of it belongs to the administrator: whoever asks has been found to be one. */
export interface Knowledge {
  /** Accounts for which nothing was learned are not among them. */
  list(): AsyncIterable<KnowledgeEntry>;
  /** Undefined when nothing was learned for it. Not changed by lessons that are given meanwhile. */
  export(account: LessonAccount | undefined): AsyncIterable<Buffer> | undefined;
  /**
   * Takes the place of what was learned before, whole or, when it rejects, not at all. The content may
   * have been made by anybody.
   */
  import(
    account: LessonAccount | undefined,
    content: AsyncIterable<Buffer>,
  ): Promise<KnowledgeEntry>;
  /** What a judgement for that account rests on, weightiest first, also where `inspect` gives no reasons. */
  explain(
    account: LessonAccount | undefined,
    message: MessageView,
  ): Promise<readonly ScoreReason[]>;
  /** False when there was nothing. */
  forget(account: LessonAccount | undefined): Promise<boolean>;
}
