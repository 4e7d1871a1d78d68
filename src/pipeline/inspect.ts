// Owns the judging of one message: all inspectors side by side, while it arrives. A verdict on the
// same content, by the same engine, data and options, is reused.
import type { Clock } from '../base/clock.ts';
import { type AppError, explain, toAppError } from '../base/errors.ts';
import { block, flag, tempfail, type Verdict } from '../plugin-api/verdict.ts';
import type { Cache } from '../stores/store.ts';
import type { ArrivingMessage } from './arriving-message.ts';
import { guardWork } from './guard.ts';
import { Interest } from './interest.ts';
import { headerMaxBytes } from './message-content.ts';
import type { LoadedPlugin } from './plugin.ts';
import { verdictFrom } from './verdict-check.ts';

/**
 * A message up to this size is hashed before it is inspected, so that one seen before costs no
 * scan; of a larger one the scan overlaps the download.
 */
const inspectAheadOctets = 64 * 1024;

export interface InspectionServices {
  readonly plugins: readonly LoadedPlugin[];
  readonly clock: Clock;
  readonly verdicts: Cache<Verdict>;
  /**
   * Judgements that are being made, by the key of their verdict: identical content is scanned once.
   * Undefined when whoever asked for one has left.
   */
  readonly running: Map<string, Promise<Verdict | undefined>>;
}

/** A verdict, who gave it, and with which engine and data. */
export interface Judged {
  readonly plugin: string;
  readonly verdict: Verdict;
  readonly engine: string;
}

/** All verdicts, in the order of the configuration. Rejects only when the message itself fails. */
export async function inspect(
  message: ArrivingMessage,
  services: InspectionServices,
  signal: AbortSignal,
): Promise<Judged[]> {
  const inspectors = services.plugins.filter((plugin) => plugin.instance.inspect !== undefined);
  if (inspectors.length > 0) await arrival(message, inspectAheadOctets);
  const judged = inspectors.map(async (plugin) => {
    const verdict = await inspectOne(plugin, message, services, signal);
    return { plugin: plugin.name, verdict, engine: engineOf(plugin) };
  });
  const verdicts = await Promise.all(judged);
  await arrival(message);
  // Where nobody would act upon a verdict, neither do we upon one of our own.
  if (services.plugins.some(({ policy }) => !policy.isShadow)) {
    verdicts.push(...(await ownFindings(message)));
  }
  return verdicts;
}

/** Nothing to wait for, most of the time. */
function arrival(
  { spool }: ArrivingMessage,
  octets = Number.POSITIVE_INFINITY,
): Promise<void> | undefined {
  return spool.whole === undefined ? spool.until(octets) : undefined;
}

async function inspectOne(
  plugin: LoadedPlugin,
  message: ArrivingMessage,
  services: InspectionServices,
  signal: AbortSignal,
): Promise<Verdict> {
  const interest = new Interest();
  let running: Promise<Verdict> | undefined;
  const start = (): Promise<Verdict> => {
    running ??= invoke(plugin, message, interest);
    return running;
  };
  try {
    if (!message.spool.isComplete) void start();
    await arrival(message);
    const engine = engineData(plugin);
    const key = engine === undefined ? undefined : cacheKey(plugin, message, engine);
    for (let other = judgingOf(key, services); other !== undefined; ) {
      // A failure is shared as well: were each session to wait for its own, the last would wait for all.
      const shared = await other;
      signal.throwIfAborted();
      if (shared !== undefined) return shared;
      other = judgingOf(key, services);
    }
    const known = key === undefined ? undefined : services.verdicts.get(key);
    if (known !== undefined) return known;
    // The deadline runs from here: before, a plugin waits for the upstream through no fault of its own.
    const judging = guardWork(plugin, 'inspect', services.clock, signal, start);
    if (key !== undefined) share(key, judging, message, signal, services);
    const verdict = await judging;
    // Its octets were taken away, so the verdict is on nothing that anybody gets.
    if (message.spool.failure !== undefined) throw message.spool.failure;
    if (key !== undefined && verdict.kind !== 'tempfail' && engine === engineData(plugin)) {
      services.verdicts.set(key, verdict);
    }
    return verdict;
  } catch (error) {
    // A message that failed to arrive is no failure of the plugin.
    await arrival(message);
    signal.throwIfAborted();
    const failure = toAppError(error);
    const unreadable = unreadableMessages[failure.code];
    if (unreadable !== undefined) return unreadable;
    return verdictOfFailure(plugin, failure);
  } finally {
    interest.end();
  }
}

/** A judgement on the same content under way for another session. */
function judgingOf(
  key: string | undefined,
  { running }: InspectionServices,
): Promise<Verdict | undefined> | undefined {
  return key === undefined ? undefined : running.get(key);
}

function share(
  key: string,
  judging: Promise<Verdict>,
  { spool }: ArrivingMessage,
  signal: AbortSignal,
  { running }: InspectionServices,
): void {
  // A message that was fetched early may be given up while its session goes on.
  const hasLeft = (): boolean => signal.aborted || spool.failure !== undefined;
  const shared = judging.then(
    (verdict) => (hasLeft() ? undefined : verdict),
    (error: unknown) => {
      if (hasLeft()) return undefined;
      throw error;
    },
  );
  running.set(key, shared);
  const forget = (): void => {
    if (running.get(key) === shared) running.delete(key);
  };
  shared.then(forget, forget);
}

/** `clamav 2 clamav/1.4.6/27500`: who judged, for the audit trail. */
function engineOf({ name, version, instance }: LoadedPlugin): string {
  let data: unknown;
  try {
    data = instance.cacheKey?.();
  } catch {
    // Already in the log: without a key the verdict was not remembered either.
  }
  return [name, version, ...(typeof data === 'string' ? [data] : [])].join(' ').slice(0, 200);
}

/** Promises from plugins are never left without a handler, also when the result is not waited for. */
function invoke(
  plugin: LoadedPlugin,
  message: ArrivingMessage,
  interest: Interest,
): Promise<Verdict> {
  const running = (async () => {
    const view = plugin.policy.isShadow
      ? message.unheardViewWhile(interest)
      : message.viewWhile(interest);
    const verdict = verdictFrom(await plugin.instance.inspect?.(view));
    if (verdict === undefined) throw new TypeError('inspect() did not return a verdict');
    // The sizes that LIST tells have to allow for what a score adds to the header.
    if (verdict.kind === 'score' && plugin.instance.givesScores !== true) {
      throw new TypeError('inspect() returned a score, but the plugin has no givesScores');
    }
    return verdict;
  })();
  running.catch(() => {});
  return running;
}

function cacheKey(
  { name, fingerprint }: LoadedPlugin,
  { spool }: ArrivingMessage,
  engine: string,
): string {
  return `${spool.sha256} ${name} ${fingerprint} ${engine}`;
}

/** Without a key that can be relied on, nothing is remembered; that alone is no failure of the scan. */
function engineData(plugin: LoadedPlugin): string | undefined {
  try {
    const engine: unknown = plugin.instance.cacheKey?.();
    if (engine === undefined) return undefined;
    if (typeof engine !== 'string') throw new TypeError('cacheKey() did not return a string');
    return engine;
  } catch (err) {
    plugin.log.warn({ err }, 'plugin has no usable cache key; its verdict is not remembered');
    return undefined;
  }
}

function verdictOfFailure(plugin: LoadedPlugin, error: AppError): Verdict {
  const fields = { err: error };
  if (plugin.policy.onError === 'defer') {
    plugin.log.error(fields, 'plugin failed; the message counts as not judged');
    return tempfail(`${plugin.name}: ${error.code}`);
  }
  plugin.log.warn(fields, 'plugin failed and is passed over, as configured');
  return flag('not-inspected', explain(error));
}

/** What no plugin can judge because it cannot be shown to one. */
async function ownFindings(message: ArrivingMessage): Promise<Judged[]> {
  if (message.spool.octets <= headerMaxBytes) return [];
  try {
    await message.header();
    return [];
  } catch (error) {
    const verdict = unreadableMessages[toAppError(error).code];
    if (verdict === undefined) throw error;
    return [{ plugin: 'postern', verdict, engine: 'postern' }];
  }
}

/** Messages made so that no filter can see all of them: refused for good, since a retry changes nothing. */
const unreadableMessages: Readonly<Record<string, Verdict>> = {
  MESSAGE_HEADER_TOO_LARGE: block('oversized-header', {
    explanation: 'The header of the message is too large to be checked.',
  }),
  MESSAGE_TOO_COMPLEX: block('too-complex', {
    explanation: 'The message has more parts, or parts nested deeper, than can be checked.',
  }),
};
