// Owns the one error of look-ups that may work later.
import { AppError } from '../../base/errors.ts';

export function lookupFailed(reason: string, cause?: unknown): AppError {
  return new AppError('LOOKUP_FAILED', {
    fault: 'proxy',
    publicText: 'the mail server of this login cannot be found now, try again later',
    details: { reason },
    cause,
  });
}
