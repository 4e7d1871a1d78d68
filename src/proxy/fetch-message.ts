// Owns getting the octets of one message into its spool, from wherever they are. The end or the failure
// of it is seen through the spool.
import { toAppError } from '../base/errors.ts';
import { fillSpool } from '../pipeline/fill-spool.ts';
import type { Spool } from '../pipeline/spool.ts';
import type { UpstreamClient } from '../upstream/client.ts';

/** RETR at the upstream, or TOP when `bodyLines` is set. */
export function fetchFromUpstream(
  spool: Spool,
  upstream: UpstreamClient,
  request: { readonly number: number; readonly bodyLines: number | undefined },
  signal: AbortSignal,
): void {
  const onAbort = (): void => {
    spool.fail(toAppError(signal.reason));
    upstream.close();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  upstream
    .retrieve(request.number, spool, request.bodyLines)
    .then(
      () => spool.complete(),
      (error: unknown) => spool.fail(toAppError(error)),
    )
    .finally(() => signal.removeEventListener('abort', onAbort));
}

/** A message that Postern itself keeps. Rejects for what a store rejects with. */
export async function fetchFromStore(
  spool: Spool,
  content: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<void> {
  await fillSpool(spool, content, () => signal.throwIfAborted());
}
