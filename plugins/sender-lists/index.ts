// Owns lists of senders whose mail is spam, or is not: puts the pieces together.
import { definePlugin, EnvelopeSource } from '#plugin-api';
import { ConfiguredLists } from './configured-lists.ts';
import { inspect } from './inspection.ts';
import { KeptSenders, sendersForm } from './kept-senders.ts';
import { heedSender, learn } from './lessons.ts';
import { NotedConversations, remember } from './noted-conversations.ts';
import { optionsSchema, type SenderListsOptions } from './options.ts';
import { OwnIds } from './own-ids.ts';

export default definePlugin<SenderListsOptions>({
  name: 'sender-lists',
  version: '1',
  options: optionsSchema,
  learns: true,
  async setup(options, services) {
    const { clock, log } = services;
    const lists = await ConfiguredLists.open(options, services);
    const database = services.database(sendersForm);
    const kept = new KeptSenders(database, clock, options);
    const ids = new OwnIds(database, clock);
    const notes = new NotedConversations();
    const envelopes = new EnvelopeSource(options.envelope);
    const nowMs = (): number => clock.nowMs();
    const inspector = { options, lists, kept, ids, notes, envelopes, nowMs };
    const { rememberMs } = options;
    const answeredMs = rememberMs.answered;
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
        if (note === undefined || spam?.result === 'spam') return;
        try {
          remember(note, message.account.maildrop, { kept, ids, answeredMs, clock });
        } catch (err) {
          // Nobody is to go without a message because it could not be noted who has sent it.
          log.warn({ err }, 'who has answered could not be noted');
        }
      },
    };
  },
});
