// Owns what is told to plugins that record.
import type { SessionFacts, UpstreamFacts } from './context.ts';
import type { LessonAccount, LessonResult } from './lesson.ts';
import type { MessageFacts } from './message-view.ts';
import type { ScoreReason, Verdict } from './verdict.ts';

/** A judgement and who gave it. */
export interface NamedVerdict {
  readonly plugin: string;
  readonly verdict: Verdict;
  /** Plugin, engine and data that judged: `clamav 2 clamav/1.4.6/27500`. */
  readonly engine: string;
  /** What the policy makes of it. */
  readonly action: Action;
  /** Recorded only: the plugin runs in shadow and decides nothing. */
  readonly isShadow: boolean;
}

/**
 * What the administrator's policy made of the verdicts, from weak to strong. `tag` names the findings in
 * the header, `strip` takes parts out, `defer` answers -ERR for now, `hold` and `replace` send a notice,
 * `hide` shows the message to the client no longer. From `strip` on, but for `defer`, the original is
 * kept in quarantine first.
 */
export type Action = 'pass' | 'tag' | 'strip' | 'defer' | 'hold' | 'replace' | 'hide';

interface ObservationBase {
  readonly session: SessionFacts;
}

interface MessageObservation extends ObservationBase {
  readonly message: MessageFacts;
  readonly command: 'RETR' | 'TOP';
}

/** The part of one engine in a spam assessment. */
export interface SpamPart {
  readonly plugin: string;
  /** As the engine gave it. */
  readonly logOdds: number;
  /** What it was multiplied with. */
  readonly weight: number;
  readonly reasons: readonly ScoreReason[];
}

/** What the scores of all engines together come to. */
export interface SpamAssessment {
  readonly result: 'ham' | 'unsure' | 'spam';
  /** 0 to 1. */
  readonly probability: number;
  readonly logOdds: number;
  /** In the order of the chain; those of plugins in shadow are not among them. */
  readonly parts: readonly SpamPart[];
  /** The plugin that decided alone; undefined when none did. */
  readonly decidedBy: string | undefined;
}

/** What a reader or an administrator said of a message, and what plugins made of it: who taught what. */
export interface LessonObservation {
  readonly kind: 'lessonGiven';
  /** Whose mail it is about; undefined: what all accounts share. */
  readonly account: LessonAccount | undefined;
  /** `unlist` takes back `allow` and `block`. */
  readonly as: 'spam' | 'ham' | 'forget' | 'allow' | 'block' | 'unlist';
  readonly weight: 'correction' | 'confirmation';
  readonly source: 'command' | 'link' | 'quarantine' | 'forwarded';
  readonly uidl: string | undefined;
  /** Of what was kept of the message: all of it, unless it is long. */
  readonly octets: number;
  readonly sha256: string;
  /** In the order of the chain. */
  readonly outcomes: readonly LessonResult[];
}

/** What happened, for plugins that record. Events arrive in order within a session. */
export type Observation =
  /** Belongs to no session. */
  | LessonObservation
  | (ObservationBase & { readonly kind: 'sessionOpened' })
  | (ObservationBase & {
      readonly kind: 'loginAccepted';
      readonly user: string;
      readonly upstream: UpstreamFacts;
      readonly durationMs: number;
    })
  | (ObservationBase & {
      readonly kind: 'loginRefused';
      readonly user: string;
      readonly upstream: UpstreamFacts | undefined;
      readonly code: string;
      readonly durationMs: number;
    })
  /** Before the first octet goes to the client; a recorder that fails here can stop the delivery. */
  | (MessageObservation & {
      readonly kind: 'messageJudged';
      /** Of the message as the upstream sent it; `sha256` is its digest. */
      readonly octets: number;
      readonly sha256: string;
      readonly verdicts: readonly NamedVerdict[];
      /** Undefined when no engine gave a score. */
      readonly spam: SpamAssessment | undefined;
      readonly action: Action;
      readonly quarantineId: string | undefined;
      readonly durationMs: number;
    })
  | (MessageObservation & {
      readonly kind: 'messageDelivered';
      /** Octets of the message as sent, without dot-stuffing and terminator. */
      readonly octets: number;
      readonly action: Action;
      /** `quarantine`: an original that was released. `letter`: written by Postern itself. */
      readonly source: 'upstream' | 'quarantine' | 'letter';
      /** Of the original that was kept, or that has come back. */
      readonly quarantineId: string | undefined;
      readonly durationMs: number;
    })
  /** -ERR before the first octet; the message stays upstream. */
  | (MessageObservation & {
      readonly kind: 'messageRefused';
      readonly code: string;
      readonly durationMs: number;
    })
  /** Cut after the first octet, without the final dot; the message stays upstream. */
  | (MessageObservation & {
      readonly kind: 'messageBroken';
      readonly code: string;
      readonly durationMs: number;
    })
  | (ObservationBase & {
      readonly kind: 'sessionEnded';
      readonly user: string | undefined;
      readonly reason: string;
      /**
       * UIDLs (or numbers, without UIDL) that the upstream confirmed as deleted, and of what Postern
       * itself had added and has removed.
       */
      readonly deleted: readonly string[];
      readonly durationMs: number;
    });
