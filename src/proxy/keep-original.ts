// Owns putting the original of a message into quarantine before anything takes its place.
import type { ArrivingMessage } from '../pipeline/arriving-message.ts';
import type { Finding } from '../pipeline/policy.ts';
import { headerIfReadable } from '../pipeline/render-decision.ts';
import type { KeptAction, MaildropOwner, Quarantine, StoredQuarantine } from '../stores/store.ts';

/** Resolves once the original is safely stored. */
export async function keepOriginal(
  message: ArrivingMessage,
  owner: MaildropOwner,
  action: KeptAction,
  findings: readonly Finding[],
  quarantine: Quarantine,
): Promise<StoredQuarantine> {
  const { facts, spool } = message;
  const header = await headerIfReadable(message);
  const record = {
    action,
    user: owner.user,
    upstreamHost: owner.upstreamHost,
    uidl: facts.uidl,
    sha256: spool.sha256,
    octets: spool.octets,
    findings: findings.map(({ plugin, block: { finding, part } }) => ({
      plugin,
      finding,
      ...(part === undefined ? {} : { part }),
    })),
    from: header?.text('From'),
    subject: header?.text('Subject'),
    date: header?.text('Date'),
    messageId: header?.text('Message-ID'),
    sessionId: facts.session.id,
    clientAddress: facts.session.client.address,
  };
  return quarantine.put(record, spool.read());
}
