// Owns the step from an error to what a client reads. The only place that does this.
import { type ResponseCode, toAppError } from '../base/errors.ts';
import { errReply, printable } from '../pop3/reply.ts';

export interface Refusal {
  readonly text: string;
  readonly responseCode: ResponseCode | undefined;
}

/** Text and response code for a client; anything unknown is a temporary fault of ours. */
export function refusalOf(error: unknown): Refusal {
  const { clientText, responseCode } = toAppError(error);
  return { text: printable(clientText), responseCode };
}

/** The -ERR line for an error. */
export function refusalReply(error: unknown): Buffer {
  const { text, responseCode } = refusalOf(error);
  return errReply(text, responseCode);
}
