// Owns the check-up of the plugin: whether each spamd answers, and whether it takes lessons. No message is
// scored and nothing is learned.
import { type CheckServices, type Diagnosis, Failover } from '#plugin-api';
import type { SpamdAnswer } from './answer.ts';
import { AnswerError } from './answer.ts';
import { SpamdServer } from './client.ts';
import type { Question } from './conversation.ts';
import { expectTeachable, TeachingRefused } from './lesson.ts';
import type { SpamassassinOptions } from './options.ts';
import { formatHead } from './request.ts';
import { resolvedAddress } from './server-options.ts';

export async function* check(
  options: SpamassassinOptions,
  services: CheckServices,
): AsyncGenerator<Diagnosis, void, void> {
  const asked = options.servers.map((address) => {
    const resolved = resolvedAddress(address, services.resolvePath);
    return diagnose(new SpamdServer(resolved, options.connectTimeoutMs), options, services);
  });
  for (const diagnoses of asked) yield* await diagnoses;
}

const ping: Question = { head: formatHead({ command: 'PING', octets: 0 }), content: [] };

const lineEnd = Buffer.from('\r\n');

/** Asks for nothing, so that only whether it may be asked is answered. */
const emptyLesson: Question = {
  head: formatHead({ command: 'TELL', octets: lineEnd.length, teaching: 'nothing' }),
  content: [lineEnd],
};

async function diagnose(
  server: SpamdServer,
  options: SpamassassinOptions,
  { clock, signal }: CheckServices,
): Promise<Diagnosis[]> {
  const patient = new Failover({
    servers: [server],
    strategy: 'first',
    maxConcurrent: 1,
    timeoutMs: options.answerTimeoutMs,
    clock,
  });
  const ask = (question: Question, read: (answer: SpamdAnswer) => void): Promise<unknown> =>
    patient
      .ask(signal, (one, until) => one.ask(question, read, until))
      .then(
        () => undefined,
        (error: unknown) => error,
      );
  const trouble = await ask(ping, expectPong);
  if (trouble !== undefined) return [notThere(server.name, trouble)];
  const there: Diagnosis = { level: 'ok', found: `spamd at ${server.name} answers` };
  if (options.learn === 'off') return [there];
  return [there, lessons(server.name, await ask(emptyLesson, expectTeachable))];
}

function expectPong({ code, text }: SpamdAnswer): void {
  if (code !== 0 || text !== 'PONG') throw new AnswerError('the answer is not one of spamd');
}

function notThere(name: string, error: unknown): Diagnosis {
  return {
    level: 'fail',
    found: `spamd at ${name} does not answer: ${reasonOf(error)}`,
    advice:
      'Start spamd (systemctl status spamd), and see that it listens there and that its --allowed-ips let this machine in; until then messages get no score from it.',
  };
}

function lessons(name: string, error: unknown): Diagnosis {
  if (error === undefined) return { level: 'ok', found: `spamd at ${name} takes lessons` };
  if (error instanceof TeachingRefused) {
    return {
      level: 'warn',
      found: `spamd at ${name} takes no lessons`,
      advice: 'Start it with --allow-tell, or set learn: off.',
    };
  }
  return {
    level: 'warn',
    found: `spamd at ${name} did not say whether it takes lessons: ${reasonOf(error)}`,
    advice: 'See its log.',
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
