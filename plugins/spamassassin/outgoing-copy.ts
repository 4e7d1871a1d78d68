// Owns the copy of a message that spamd is given: fields in front, every octet as it came, and an end of
// line, which changes nothing that is signed (RFC 6376 s.3.4.3). The message is never held as a whole.
import type { MessageView } from '#plugin-api';
import type { Question } from './conversation.ts';
import { envelopeFields } from './envelope-fields.ts';
import { formatHead, type RequestHead } from './request.ts';
import type { Spamds } from './spamds.ts';
import type { MailOwner } from './user-name.ts';

/** Can be asked of several servers, one after another. */
export interface OutgoingCopy {
  question(head: Pick<RequestHead, 'command' | 'user' | 'teaching'>): Question;
}

const lineEnd = Buffer.from('\r\n');

/**
 * The same for a check and for a lesson, so that SpamAssassin knows the message again. `octets`: of the
 * message, which has arrived.
 */
export async function outgoingCopy(
  message: MessageView,
  octets: number,
  owner: MailOwner | undefined,
  { envelopes, clock }: Pick<Spamds, 'envelopes' | 'clock'>,
): Promise<OutgoingCopy> {
  const headers = await message.headers();
  // A host with its port, where that is none of POP3's own.
  const upstreamHost = owner?.upstreamHost.replace(/:\d+$/, '') ?? '';
  const envelope = envelopes.envelopeOf(upstreamHost, headers);
  const fields = envelopeFields(envelope, headers, new Date(clock.nowMs()));
  const front = Buffer.from(fields, 'latin1');
  const length = front.length + octets + lineEnd.length;
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
  yield lineEnd;
}
