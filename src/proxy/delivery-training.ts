// Owns what a delivery asks of training; who answers is put together by the app.
import type { ArrivingMessage } from '../pipeline/arriving-message.ts';
import type { LearnLink } from '../pipeline/learn-link.ts';
import type { Judgement } from '../pipeline/pipeline.ts';

export interface DeliveryTraining {
  /** Keeps what a later lesson needs. Undefined where the message gets no link; never rejects. */
  linkFor(message: ArrivingMessage, judgement: Judgement): Promise<LearnLink | undefined>;
  /** With which the reader releases what was kept; undefined where that is not for him. */
  releaseUrl(
    kept: { readonly id: string },
    findings: readonly { readonly plugin: string; readonly finding: string }[],
  ): string | undefined;
  /** What there is to learn from a message in a training mailbox; never rejects. */
  takeExamples(message: ArrivingMessage): Promise<void>;
  /** Messages get more of a header than plugins add. */
  readonly marksMessages: boolean;
}
