// Owns the judging of one message: all inspectors side by side, while it arrives. A verdict on the
// same content, by the same engine, data and options, is reused.
import type { Clock } from '../base/clock.ts';
import { type AppError, explain, toAppError } from '../base/errors.ts';
import type { NamedVerdict } from '../plugin-api/context.ts';
import { block, flag, tempfail, type Verdict } from '../plugin-api/verdict.ts';
import type { Cache } from '../stores/store.ts';
import type { ArrivingMessage } from './arriving-message.ts';
import { guardWork } from './guard.ts';
import type { LoadedPlugin } from './plugin.ts';

/**
 * A message up to this size is hashed before it is inspected, so that one seen before costs no
 * scan; of a larger one the scan overlaps the download.
 */
const inspectAheadOctets = 64 * 1024;

export interface InspectionServices {
  readonly plugins: readonly LoadedPlugin[];
  readonly clock: Clock;
  readonly verdicts: Cache<Verdict>;
}

/** All verdicts, in the order of the configuration. Rejects only when the message itself fails. */
export async function inspect(
  message: ArrivingMessage,
  services: InspectionServices,
  signal: AbortSignal,
): Promise<NamedVerdict[]> {
  const inspectors = services.plugins.filter((plugin) => plugin.instance.inspect !== undefined);
  if (inspectors.length > 0) await message.spool.until(inspectAheadOctets);
  const judged = inspectors.map(async (plugin) => {
    const verdict = await inspectOne(plugin, message, services, signal);
    return { plugin: plugin.name, verdict };
  });
  const verdicts = await Promise.all(judged);
  await message.spool.until(Number.POSITIVE_INFINITY);
  if (services.plugins.length > 0) verdicts.push(...(await ownFindings(message)));
  return verdicts;
}

async function inspectOne(
  plugin: LoadedPlugin,
  message: ArrivingMessage,
  services: InspectionServices,
  signal: AbortSignal,
): Promise<Verdict> {
  const stop = new AbortController();
  let running: Promise<Verdict> | undefined;
  const start = (): Promise<Verdict> => {
    running ??= invoke(plugin, message, stop.signal);
    return running;
  };
  try {
    if (!message.spool.isComplete) void start();
    await message.spool.until(Number.POSITIVE_INFINITY);
    const key = cacheKey(plugin, message);
    const known = key === undefined ? undefined : services.verdicts.get(key);
    if (known !== undefined) return known;
    // The deadline runs from here: before, a plugin waits for the upstream through no fault of its own.
    const verdict = await guardWork(plugin, 'inspect', services.clock, signal, start);
    if (key !== undefined && verdict.kind !== 'tempfail' && key === cacheKey(plugin, message)) {
      services.verdicts.set(key, verdict);
    }
    return verdict;
  } catch (error) {
    // A message that failed to arrive is no failure of the plugin.
    await message.spool.until(Number.POSITIVE_INFINITY);
    signal.throwIfAborted();
    const failure = toAppError(error);
    const unreadable = unreadableMessages[failure.code];
    if (unreadable !== undefined) return unreadable;
    return verdictOfFailure(plugin, failure);
  } finally {
    stop.abort();
  }
}

/** Promises from plugins are never left without a handler, also when the result is not waited for. */
function invoke(
  plugin: LoadedPlugin,
  message: ArrivingMessage,
  signal: AbortSignal,
): Promise<Verdict> {
  const running = (async () => {
    const verdict: unknown = await plugin.instance.inspect?.(message.viewFor(signal));
    if (!isVerdict(verdict)) throw new TypeError('inspect() did not return a verdict');
    return verdict;
  })();
  running.catch(() => {});
  return running;
}

/** Plugins need not be written in TypeScript: the texts they give go into headers and notices. */
function isVerdict(value: unknown): value is Verdict {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const has = (key: string): boolean => typeof Reflect.get(value, key) === 'string';
  const mayHave = (key: string): boolean => has(key) || Reflect.get(value, key) === undefined;
  switch (value.kind) {
    case 'pass':
      return true;
    case 'flag':
      return has('label') && mayHave('evidence');
    case 'block':
      return has('finding') && mayHave('explanation') && mayHave('part');
    case 'tempfail':
      return has('reason');
    default:
      return false;
  }
}

/** Without a key that can be relied on, nothing is remembered; that alone is no failure of the scan. */
function cacheKey(plugin: LoadedPlugin, message: ArrivingMessage): string | undefined {
  try {
    const engine: unknown = plugin.instance.cacheKey?.();
    if (engine === undefined) return undefined;
    if (typeof engine !== 'string') throw new TypeError('cacheKey() did not return a string');
    return `${message.spool.sha256} ${plugin.name} ${plugin.fingerprint} ${engine}`;
  } catch (err) {
    plugin.log.warn({ err }, 'plugin has no usable cache key; its verdict is not remembered');
    return undefined;
  }
}

function verdictOfFailure(plugin: LoadedPlugin, error: AppError): Verdict {
  const fields = { err: error };
  if (plugin.policy.onError === 'defer') {
    plugin.log.error(fields, 'plugin failed; the message is deferred');
    return tempfail(`${plugin.name}: ${error.code}`);
  }
  plugin.log.warn(fields, 'plugin failed and is passed over, as configured');
  return flag('not-inspected', explain(error));
}

/** What no plugin can judge because it cannot be shown to one. */
async function ownFindings(message: ArrivingMessage): Promise<NamedVerdict[]> {
  try {
    await message.header();
    return [];
  } catch (error) {
    const verdict = unreadableMessages[toAppError(error).code];
    if (verdict === undefined) throw error;
    return [{ plugin: 'postern', verdict }];
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
