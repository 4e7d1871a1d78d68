// Owns the copy of a message that spamd is given: fields in front, and every octet as it came. The message
// itself is never held as a whole.
import type { MessageView } from '#plugin-api';
import type { Question } from './conversation.ts';
import { formatHead, type RequestHead } from './request.ts';

/** Can be asked of several servers, one after another. */
export interface OutgoingCopy {
  question(head: Pick<RequestHead, 'command' | 'user' | 'teaching'>): Question;
}

/** `octets`: of the message, which has arrived. */
export function outgoingCopy(message: MessageView, octets: number, fields: string): OutgoingCopy {
  const front = Buffer.from(fields, 'latin1');
  const length = front.length + octets;
  return {
    question: (head) => ({
      head: formatHead({ ...head, octets: length }),
      content: together(front, message),
    }),
  };
}

async function* together(front: Buffer, message: MessageView): AsyncGenerator<Buffer> {
  yield front;
  yield* message.bytes();
}
