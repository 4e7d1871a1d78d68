// Owns lists of senders whose mail is spam, or is not: puts the pieces together.
import { definePlugin, EnvelopeSource } from '#plugin-api';
import { ConfiguredLists } from './configured-lists.ts';
import { inspect } from './inspection.ts';
import { KeptSenders, sendersForm } from './kept-senders.ts';
import { heedSender, learn } from './lessons.ts';
import { NotedConversations } from './noted-conversations.ts';
import { optionsSchema, type SenderListsOptions } from './options.ts';
import { OwnIds } from './own-ids.ts';

export default definePlugin<SenderListsOptions>({
  name: 'sender-lists',
  version: '1',
  options: optionsSchema,
  learns: true,
  async setup(options, services) {
    const { clock } = services;
    const lists = await ConfiguredLists.open(options, services);
    const database = services.database(sendersForm);
    const kept = new KeptSenders(database, clock, options);
    const ids = new OwnIds(database, clock);
    const notes = new NotedConversations();
    const envelopes = new EnvelopeSource(options.envelope);
    const nowMs = (): number => clock.nowMs();
    const inspector = { options, lists, kept, ids, notes, envelopes, nowMs };
    const { rememberMs } = options;
    return {
      givesScores: true,
      senderBook: kept,
      inspect: (message) => inspect(message, inspector),
      learn: (lesson) => learn(lesson, kept, { rememberMs, clock }),
      heedSender: (wish) => heedSender(wish, kept),
      // Only then is it known what all engines together make of the message.
      async observe(observation) {
        if (observation.kind !== 'messageJudged') return;
        const { message, spam } = observation;
        const note = notes.take(message);
        if (note === undefined || rememberMs.answered === undefined) return;
        if (spam?.result === 'spam') return;
        const account = message.account.maildrop;
        if (note.kind === 'written') {
          ids.addWritten(account, note.id);
          return;
        }
        const { by, quoted, domain, logOdds } = note;
        if (quoted !== undefined) ids.addQuoted(account, quoted, domain);
        const untilMs = nowMs() + rememberMs.answered;
        kept.remember({ account, entry: by.address, origin: 'answered', logOdds, untilMs });
      },
    };
  },
});
