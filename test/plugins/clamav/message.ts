// Owns the smallest message that an inspector can be given.
import type { MessageView } from '#plugin-api';

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

/** A message that arrives as `content` gives it; only its octets can be read. */
export function messageOf(
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
  signal: AbortSignal = new AbortController().signal,
): MessageView {
  const unused = (): never => {
    throw new Error('this message has only octets');
  };
  return {
    session,
    account: { user: 'ann', upstream },
    number: 1,
    uidl: 'u1',
    listedOctets: 0,
    signal,
    headers: unused,
    parts: unused,
    size: unused,
    bytes: () => toAsync(content),
  };
}

export async function* toAsync(
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  yield* content;
}
