// Owns the check-up of the plugin: whether each rspamd answers, and which version it is. No message is
// judged, and nothing learned.
import { readFile } from 'node:fs/promises';
import type { CheckServices, Diagnosis } from '#plugin-api';
import { type Answer, type ExchangeOptions, exchange, type Question } from './exchange.ts';
import type { RspamdOptions } from './options.ts';
import { readPassword } from './password.ts';
import type { ServerAddress } from './server-address.ts';
import { passwordHeader } from './teaching.ts';

export async function* check(
  options: RspamdOptions,
  services: CheckServices,
): AsyncGenerator<Diagnosis, void, void> {
  const { caFile, connectTimeoutMs, learn } = options;
  const ca = caFile === undefined ? undefined : await readFile(services.resolvePath(caFile));
  const how: ExchangeOptions = { clock: services.clock, connectTimeoutMs, ca };
  for (const server of options.servers) yield await checkWorker(server, how, services.signal);
  if (learn === undefined) return;
  const password = await readPassword(learn.passwordFile, services.resolvePath);
  for (const controller of learn.controllers) {
    yield await checkController(controller, password, how, services.signal);
  }
}

async function checkWorker(
  server: ServerAddress,
  how: ExchangeOptions,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const answer = await ask(server, { method: 'GET', path: '/ping', headers: {} }, how, signal);
  if (answer instanceof Error) return notThere(server, answer.message);
  if (answer.status !== 200 || answer.body.toString('latin1').trim() !== 'pong') {
    return notThere(server, 'its answer is not one of rspamd');
  }
  return { level: 'ok', found: `rspamd at ${server.name} is ${answer.server ?? 'there'}` };
}

async function checkController(
  controller: ServerAddress,
  password: string | undefined,
  how: ExchangeOptions,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const headers = passwordHeader(password);
  const answer = await ask(controller, { method: 'GET', path: '/stat', headers }, how, signal);
  if (answer instanceof Error) return notThere(controller, answer.message);
  if (answer.status === 401 || answer.status === 403) {
    return {
      level: 'fail',
      found: `the controller of rspamd at ${controller.name} refuses the password`,
      advice:
        'Put the password of the controller into password_file, or this host into secure_ip of its worker-controller.inc; until then nothing is learned.',
    };
  }
  if (answer.status !== 200) return notThere(controller, `it answers with ${answer.status}`);
  return { level: 'ok', found: `the controller of rspamd at ${controller.name} takes lessons` };
}

function notThere({ name }: ServerAddress, reason: string): Diagnosis {
  return {
    level: 'fail',
    found: `rspamd at ${name} does not answer: ${reason}`,
    advice:
      'Start rspamd (systemctl status rspamd), and see that its bind_socket is the address in the options; until then messages are deferred.',
  };
}

async function ask(
  server: ServerAddress,
  question: Question,
  how: ExchangeOptions,
  signal: AbortSignal,
): Promise<Answer | Error> {
  try {
    return await exchange(server, question, how, signal);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
