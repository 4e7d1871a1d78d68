// Owns what the supervisor and a worker say to each other. Types only: all of it crosses as JSON.

import type { ListenerAddress } from '../../proxy/listener.ts';
import type { LoginKeys, Permit, RefusalWords } from '../../proxy/logins/login-gate.ts';
import type { Suspicion } from '../../proxy/logins/suspicion.ts';
import type { SessionLimit } from '../../proxy/session-count.ts';
import type { Trouble } from '../../proxy/troubles.ts';
import type { MetricsSnapshot } from '../../telemetry/metrics.ts';
import type { PemPair } from '../../tls/self-signed.ts';
import type { GivenLesson } from '../../training/lesson-round.ts';
import type { Outcomes } from './central-client.ts';

/** Everything that a worker has to know before its first session. */
export interface WorkerOrders {
  /** From 1; one that is started again keeps it. */
  readonly number: number;
  readonly workers: number;
  /** As the user named it. */
  readonly file: string;
  /** What that file said when it was taken up last. */
  readonly text: string;
  /** In base64. */
  readonly ticketKeys: string;
  readonly selfSigned: PemPair;
  readonly troubles: readonly KnownTrouble[];
  readonly pooled: readonly string[];
  /** By name, the descriptors that the worker was started with. */
  readonly sockets: readonly (readonly [name: string, descriptor: number])[];
  readonly socketsRefusal: string | null;
  readonly logins: LoginOrders;
}

export interface LoginOrders {
  /** In base64. */
  readonly digestKey: string;
  readonly suspicions: readonly Suspicion[];
}

export interface KnownTrouble {
  readonly key: string;
  readonly trouble: Trouble;
}

/** How an attempt ended that the administrator is told of. */
export type Attempt<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly lines: readonly string[]; readonly exitCode: number };

/** A limit that a worker cannot keep by itself, and how many places it has. */
export interface SharedLimit {
  readonly limit: SessionLimit;
  readonly key: string;
  readonly places: number;
}

export interface SupervisorSpeech {
  readonly questions: {
    readonly start: readonly [WorkerOrders, Attempt<readonly ListenerAddress[]>];
    /** Gets ready for another configuration, which is then taken up or dropped. */
    readonly prepare: readonly [{ readonly text: string }, Attempt<null>];
    readonly commit: readonly [null, readonly ListenerAddress[]];
    readonly abort: readonly [null, null];
    readonly metrics: readonly [null, MetricsSnapshot];
    /** Null when somebody else is at it. */
    readonly giveLesson: readonly [{ readonly lesson: number }, GivenLesson | null];
    /** Logins that these are part of must be asked for. */
    readonly suspect: readonly [readonly Suspicion[], null];
    /** For the sake of an answer. */
    readonly ping: readonly [null, null];
    /** Sessions are over, and what was counted. The process ends after its answer. */
    readonly stop: readonly [null, MetricsSnapshot];
  };
  readonly news: {
    /** From here on this limit is kept by the supervisor, which waits for the count. */
    readonly pool: { readonly key: string };
    readonly unpool: { readonly key: string };
    readonly trouble: KnownTrouble;
    readonly ticketKeys: { readonly keys: string };
  };
}

export interface WorkerSpeech {
  readonly questions: {
    /** The limit that stands against it; null when the places are taken. */
    readonly take: readonly [{ readonly limits: readonly SharedLimit[] }, SessionLimit | null];
    readonly login: readonly [LoginKeys, Permit];
    /** Answered when all workers know. */
    readonly wrongPassword: readonly [
      { readonly keys: LoginKeys; readonly words: RefusalWords },
      null,
    ];
    readonly knowsName: readonly [{ readonly name: string }, boolean];
    readonly openPart: readonly [{ readonly id: string }, null];
    readonly askPart: readonly [
      { readonly id: string; readonly requests: readonly string[] },
      Outcomes,
    ];
    readonly closePart: readonly [{ readonly id: string }, null];
  };
  readonly news: {
    readonly counted: { readonly key: string; readonly taken: number };
    /** A place under a pooled limit is free. */
    readonly release: { readonly key: string };
    readonly loginAccepted: LoginKeys;
    readonly trouble: KnownTrouble;
  };
}
