// Owns the reason with which everything ends that was under way for a client that has left.
import { AppError } from '../base/errors.ts';

/** One for all: every session ends so, and an error is dear. */
export const clientGone = new AppError('CLIENT_GONE', {
  fault: 'client',
  publicText: 'the client is gone',
});
