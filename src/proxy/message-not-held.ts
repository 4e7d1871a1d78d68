// Owns the error of a message that was fetched early in vain: more of it came than is held of a message
// that nobody waits for. It is asked for again when it is wanted.
import { AppError } from '../base/errors.ts';

export function messageNotHeld(): AppError {
  return new AppError('MESSAGE_NOT_HELD', {
    fault: 'upstream',
    publicText: 'the message is larger than its listed size',
  });
}
