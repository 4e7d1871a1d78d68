// Owns the smallest message that an inspector can be given.
import type { HeaderReader, MessagePart, MessageView } from '#plugin-api';

const session = {
  id: 'test-session',
  client: { address: '127.0.0.1', port: 4711, listener: 'test', tls: undefined },
};
const upstream = {
  host: 'mail.example.org',
  port: 995,
  tlsMode: 'implicit',
  tls: undefined,
} as const;

const noHeaders: HeaderReader = {
  get: () => undefined,
  all: () => [],
  text: () => undefined,
  entries: () => [],
};

export interface FakePart {
  readonly path: string;
  readonly content: Iterable<Buffer> | AsyncIterable<Buffer>;
  readonly contentType?: string;
  readonly fileNames?: readonly string[];
  readonly isContainer?: boolean;
}

export interface FakeMessage {
  readonly signal?: AbortSignal;
  readonly parts?: readonly FakePart[];
  readonly otherReadings?: readonly FakePart[];
}

/** A message that arrives as `content` gives it, anew for each reader if that is an array. */
export function messageOf(
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
  { signal = new AbortController().signal, parts = [], otherReadings = [] }: FakeMessage = {},
): MessageView {
  const unused = (): never => {
    throw new Error('this is not told of the message');
  };
  return {
    session,
    account: {
      user: 'ann',
      route: 'test',
      upstream,
      maildrop: { user: 'ann', upstreamHost: 'mail.example.org' },
    },
    number: 1,
    uidl: 'u1',
    listedOctets: 0,
    signal,
    headers: unused,
    parts: () => walk(parts),
    otherReadings: () => walk(otherReadings),
    ambiguities: async () => [],
    async size() {
      let octets = 0;
      for await (const piece of toAsync(content)) octets += piece.length;
      return octets;
    },
    bytes: () => toAsync(content),
  };
}

export async function* toAsync(
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  yield* content;
}

/** Like the real walk: one part after the other, and no content of one that has been left. */
async function* walk(parts: readonly FakePart[]): AsyncGenerator<MessagePart> {
  for (const part of parts) {
    const walked = new WalkedPart(part);
    yield walked;
    walked.leave();
  }
}

class WalkedPart implements MessagePart {
  readonly path: string;
  readonly depth = 1;
  readonly headers = noHeaders;
  readonly contentType: string;
  readonly fileNames: readonly string[];
  readonly isContainer: boolean;
  readonly #decoded: AsyncGenerator<Buffer>;
  readonly #held: Buffer[] = [];
  #state: 'current' | 'left' = 'current';

  constructor(part: FakePart) {
    this.path = part.path;
    this.contentType = part.contentType ?? 'application/octet-stream';
    this.fileNames = part.fileNames ?? [];
    this.isContainer = part.isContainer ?? false;
    this.#decoded = toAsync(part.content);
  }

  leave(): void {
    this.#state = 'left';
  }

  async head(maxBytes: number): Promise<Buffer> {
    let octets = this.#held.reduce((sum, piece) => sum + piece.length, 0);
    while (octets < maxBytes) {
      const { done, value } = await this.#decoded.next();
      if (done) break;
      this.#held.push(value);
      octets += value.length;
    }
    return Buffer.concat(this.#held).subarray(0, maxBytes);
  }

  async *content(): AsyncGenerator<Buffer> {
    for (const piece of this.#held.splice(0)) yield this.#current(piece);
    for await (const piece of this.#decoded) yield this.#current(piece);
  }

  #current(piece: Buffer): Buffer {
    if (this.#state === 'left') throw new Error(`part ${this.path} was read after it was left`);
    return piece;
  }
}
