// Owns what the view of a message tells of its other readings. The search runs once for all plugins.
import { AppError } from '../base/errors.ts';
import type { Ambiguity, MessagePart } from '../plugin-api/message-view.ts';
import { abortable } from './abortable.ts';
import type { Wanted } from './interest.ts';
import type { MessageOctets } from './message-octets.ts';
import { walkParts } from './part-walk.ts';
import {
  type FoundReading,
  type SearchResult,
  searchReadings,
  searchWhole,
} from './reading-search.ts';
import { MessageSource, unmetered } from './reading-source.ts';
import type { WholeMessage } from './whole-message.ts';

export class OtherReadings {
  readonly #octets: MessageOctets;
  readonly #whole: () => WholeMessage | undefined;
  #result: SearchResult | Promise<SearchResult> | undefined;

  /** `whole` gives the walk over a message that lies in memory. */
  constructor(octets: MessageOctets, whole: () => WholeMessage | undefined) {
    this.#octets = octets;
    this.#whole = whole;
  }

  /** Rejects when the message fails, or with the reason of the signal. */
  async ambiguities(wanted: Wanted): Promise<readonly Ambiguity[]> {
    return (await this.#search(wanted)).ambiguities;
  }

  async *parts(wanted: Wanted): AsyncGenerator<MessagePart, void, void> {
    const { readings } = await this.#search(wanted);
    for (const reading of readings) yield* partsOf(reading, wanted);
  }

  #search(wanted: Wanted): SearchResult | Promise<SearchResult> {
    wanted.throwIfAborted();
    this.#result ??= this.#searchWhole() ?? this.#searchAll();
    return this.#result instanceof Promise
      ? unlessAborted(this.#result, wanted.signal)
      : this.#result;
  }

  #searchWhole(): SearchResult | undefined {
    const whole = this.#whole();
    return whole === undefined ? undefined : searchWhole(whole);
  }

  /** Goes on when the plugin that asked first is gone: others will ask. Its work is bounded. */
  #searchAll(): Promise<SearchResult> {
    const result = searchReadings(new MessageSource((start) => this.#octets.read(start)));
    result.catch(() => {});
    return result;
  }
}

async function* partsOf(
  reading: FoundReading,
  wanted: Wanted,
): AsyncGenerator<MessagePart, void, void> {
  const octets = reading.source.read(0, Number.POSITIVE_INFINITY, unmetered);
  try {
    for await (const part of walkParts(abortable(octets, wanted))) {
      if (reading.newParts.has(part.path)) yield placed(part, reading);
    }
  } catch (error) {
    // What lies beyond the limits of the walk was told as too-many-readings.
    if (!(error instanceof AppError && error.code === 'MESSAGE_TOO_COMPLEX')) throw error;
  }
}

/** The part under the path that it has in the message. */
function placed(part: MessagePart, { path, depth }: FoundReading): MessagePart {
  return {
    path: `${path}${part.path.slice(1)}`,
    depth: depth + part.depth,
    headers: part.headers,
    contentType: part.contentType,
    fileNames: part.fileNames,
    isContainer: part.isContainer,
    head: (maxBytes) => part.head(maxBytes),
    content: () => part.content(),
  };
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
