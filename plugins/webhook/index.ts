// Owns asking a web service of the administrator about messages, or telling it what happened. Only a
// complete answer of the agreed form is a verdict.
import { readFile } from 'node:fs/promises';
import { definePlugin, type PluginInstance, type PluginServices } from '#plugin-api';
import { toVerdict } from './answer.ts';
import { eventFacts } from './event-facts.ts';
import { EventQueue } from './event-queue.ts';
import { messageReport } from './message-report.ts';
import { optionsSchema, type WebhookOptions } from './options.ts';
import { Receiver } from './receiver.ts';

export default definePlugin<WebhookOptions>({
  name: 'webhook',
  options: optionsSchema,
  async setup(options, services) {
    const secretIn = (file: string | undefined): Promise<string | undefined> =>
      file === undefined ? Promise.resolve(undefined) : readSecret(services.resolvePath(file));
    const receiver = new Receiver({
      ...options,
      bearerToken: await secretIn(options.bearerFile),
      hmacKey: await secretIn(options.hmacFile),
      clock: services.clock,
    });
    return options.mode === 'inspect'
      ? inspector(receiver, options)
      : recorder(receiver, options, services);
  },
});

function inspector(receiver: Receiver, options: WebhookOptions): PluginInstance {
  return {
    async inspect(message) {
      const report = await messageReport(message, options);
      return toVerdict(await receiver.post(report, message.signal));
    },
  };
}

function recorder(
  receiver: Receiver,
  { events, maxQueued, timeoutMs }: WebhookOptions,
  { log, metrics, clock }: PluginServices,
): PluginInstance {
  const dropped = metrics.counter('events_dropped_total', {
    help: 'Events that the receiver was not told.',
  });
  const closing = new AbortController();
  const queue = new EventQueue({
    maxQueued,
    log,
    post: (batch) => receiver.post({ events: batch }, closing.signal),
    onDropped: (count) => dropped.add(count),
  });
  return {
    async observe(observation) {
      if (events.has(observation.kind)) queue.add(eventFacts(observation, new Date(clock.nowMs())));
    },
    async dispose() {
      // What is left gets the time of one request.
      const timer = clock.after(timeoutMs, () => closing.abort(new Error('Postern stops')));
      await queue.drained();
      timer.cancel();
    },
  };
}

async function readSecret(file: string): Promise<string> {
  const text = (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  // It becomes the value of a header field, or the key of a signature.
  if (!/^[\x21-\x7e]{8,4096}$/.test(text)) {
    throw new Error(`${file}: expected a secret of 8 printable characters or more, without blanks`);
  }
  return text;
}
