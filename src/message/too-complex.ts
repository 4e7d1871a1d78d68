// Owns the error of a message whose structure is beyond the limits of the MIME walk.
import { AppError } from '../base/errors.ts';
import type { MimeLimit } from './mime-walk.ts';

/** Whoever went on would judge or change a message of which not all parts are seen. */
export function tooComplex(limit: MimeLimit): AppError {
  return new AppError('MESSAGE_TOO_COMPLEX', {
    fault: 'upstream',
    publicText: 'the structure of the message is too complex to be checked',
    responseCode: 'SYS/PERM',
    details: { limit },
  });
}
