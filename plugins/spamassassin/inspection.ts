// Owns a message on its way to a spamd and back as a score. It knows nothing of connections.
import { flag, type MessageView, ServerFailure, tempfail, type Verdict } from '#plugin-api';
import { ratingOf } from './answer.ts';
import { expectOk } from './client.ts';
import type { SpamdMetrics } from './metrics.ts';
import { outgoingCopy } from './outgoing-copy.ts';
import { toScore } from './rating.ts';
import { matchedRules } from './report.ts';
import type { Spamds } from './spamds.ts';
import { userName } from './user-name.ts';

export async function inspect(
  message: MessageView,
  spamds: Spamds,
  metrics: SpamdMetrics,
): Promise<Verdict> {
  const { options } = spamds;
  // spamd takes a length that is announced for a promise, and a message without one is cut where the
  // connection breaks: so it waits until all of it is there.
  const octets = await message.size();
  if (octets > options.maxMessageBytes) {
    metrics.checked('skipped');
    return flag(
      'not-checked-for-spam',
      `larger than the ${options.maxMessageBytes} octets that SpamAssassin is given`,
    );
  }
  const copy = await outgoingCopy(message, octets, message.account.maildrop, spamds);
  const user = options.user && userName(options.user, message.account.maildrop);
  const startedMs = spamds.clock.monotonicMs();
  try {
    const verdict = await spamds.anyone.ask(message.signal, (server, signal) =>
      server.ask(
        copy.question({ command: 'REPORT', user }),
        (answer) => toScore(ratingOf(expectOk(answer)), matchedRules(answer.body), options.scale),
        signal,
      ),
    );
    metrics.checked('scored', spamds.clock.monotonicMs() - startedMs);
    return verdict;
  } catch (error) {
    metrics.checked('failed');
    if (error instanceof ServerFailure) return tempfail(`no spamd gave a score: ${error.message}`);
    if (message.signal.aborted) return tempfail('the question to spamd was given up');
    // An error of the message, which is for the pipeline to judge.
    throw error;
  }
}
