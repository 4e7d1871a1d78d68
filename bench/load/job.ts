// Owns what the bench asks of its load process, and what it hears back.
import type { Script } from './dialogue.ts';

export interface SessionsJob {
  readonly kind: 'sessions';
  readonly port: number;
  /** PEM of the only authority to trust; without it the client speaks plain text. */
  readonly ca?: string;
  readonly sessions: number;
  readonly concurrency: number;
  readonly script: Script['kind'];
  readonly messages: number;
  readonly messageOctets: number;
  /** Serial of the first user; `users` follow each other and then begin again. */
  readonly firstUser: number;
  readonly users: number;
  /** What has not ended by then is broken off. */
  readonly deadlineMs: number;
}

/** Sends messages straight to a clamd, each over a connection of its own, as a scanner would. */
export interface InstreamJob {
  readonly kind: 'instream';
  readonly socketPath: string;
  readonly messages: number;
  readonly concurrency: number;
  readonly messageOctets: number;
  readonly firstUser: number;
  readonly deadlineMs: number;
}

/** Ends the sessions that stay. */
export interface ReleaseJob {
  readonly kind: 'release';
}

export type Job = SessionsJob | InstreamJob | ReleaseJob;

export interface JobResult {
  readonly done: number;
  readonly failed: number;
  /** Not begun or not ended at the deadline. */
  readonly unfinished: number;
  /** Octets of messages and lists. */
  readonly octets: number;
  readonly wallMs: number;
  /** What the first failure was. */
  readonly firstFailure?: string;
}
