// Owns passing a lesson on to a controller of rspamd. It says no more than what rspamd has answered.
import {
  type Failover,
  type Lesson,
  type LessonOutcome,
  type MessageView,
  ServerFailure,
} from '#plugin-api';
import { principalOf } from './check-request.ts';
import { type Answer, type ExchangeOptions, exchange } from './exchange.ts';
import type { LearnOptions, RspamdOptions } from './options.ts';
import type { ServerAddress } from './server-address.ts';

export interface TeachingServices {
  readonly controllers: Failover<ServerAddress>;
  readonly exchange: ExchangeOptions;
  /** Undefined where rspamd trusts the address of this host. */
  readonly password: string | undefined;
}

export type TeachingOptions = Pick<LearnOptions, 'lessons' | 'teachers' | 'fuzzy'> &
  Pick<RspamdOptions, 'maxBytes' | 'deliverTo'>;

const paths = { spam: '/learnspam', ham: '/learnham' } as const;

export async function teach(
  lesson: Lesson,
  services: TeachingServices,
  options: TeachingOptions,
): Promise<LessonOutcome> {
  const { message, as, weight } = lesson;
  if (as === 'forget') return unchanged('rspamd cannot take back what it has learned');
  if (weight === 'confirmation' && options.lessons === 'corrections') {
    return unchanged('only corrections are passed on to rspamd');
  }
  const mayTeachAll = options.teachers === 'everybody' || lesson.account === undefined;
  if (options.deliverTo === 'nobody' && !mayTeachAll) {
    return unchanged(
      'the model of rspamd is one for all accounts, and the administrator teaches it',
    );
  }
  const octets = await message.size();
  if (octets > options.maxBytes) return unchanged('the message is too large for rspamd');
  const headers = {
    ...passwordHeader(services.password),
    ...(options.deliverTo === 'account' && lesson.account !== undefined
      ? { 'Deliver-To': principalOf(lesson.account) }
      : {}),
  };
  const answer = await post(paths[as], message, octets, headers, services);
  const outcome = outcomeOf(answer);
  // The fuzzy storage is one for all, whoever has a model of his own.
  if (as === 'spam' && options.fuzzy !== undefined && mayTeachAll) {
    const { flag, weight: fuzzyWeight } = options.fuzzy;
    const fuzzyHeaders = { ...headers, Flag: String(flag), Weight: String(fuzzyWeight) };
    outcomeOf(await post('/fuzzyadd', message, octets, fuzzyHeaders, services));
  }
  return outcome;
}

export function passwordHeader(password: string | undefined): Record<string, string> {
  return password === undefined ? {} : { Password: password };
}

function post(
  path: string,
  message: MessageView,
  octets: number,
  headers: Readonly<Record<string, string>>,
  { controllers, exchange: how }: TeachingServices,
): Promise<Answer> {
  const body = { octets, pieces: () => message.bytes() };
  return controllers.ask(message.signal, async (controller, signal) => {
    const answer = await exchange(controller, { method: 'POST', path, headers, body }, how, signal);
    // Another controller may be better off; a refusal is one wherever it comes from.
    if (answer.status >= 500) throw new ServerFailure('broken', reasonOf(answer));
    return answer;
  });
}

function outcomeOf(answer: Answer): LessonOutcome {
  switch (answer.status) {
    case 200:
      return { kind: 'learned' };
    // What it cannot learn from, such as a text of few words.
    case 204:
    // RFC 5842: already reported. rspamd knows the message.
    case 208:
      return unchanged(reasonOf(answer));
    case 401:
    case 403:
      throw new Error('rspamd refuses the password, or has none for this host');
    default:
      throw new Error(`rspamd has learned nothing: ${reasonOf(answer)}`);
  }
}

const longestReason = 200;

/** For people: in its JSON, or beside the status. */
function reasonOf({ body, reason, status }: Answer): string {
  const text = errorIn(body) ?? (reason === '' ? `status ${status}` : reason);
  return text.slice(0, longestReason).replaceAll(/\p{Cc}/gu, ' ');
}

function errorIn(body: Buffer): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    const isObject = typeof parsed === 'object' && parsed !== null && 'error' in parsed;
    return isObject && typeof parsed.error === 'string' ? parsed.error : undefined;
  } catch {
    return undefined;
  }
}

function unchanged(reason: string): LessonOutcome {
  return { kind: 'unchanged', reason };
}
