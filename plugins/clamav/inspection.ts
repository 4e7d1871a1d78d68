// Owns a message on its way through the scanners: a server that fails it is followed by another one.
// Only a complete scan lets it pass.
import { type MessageView, tempfail, type Verdict } from '#plugin-api';
import { untilAborted } from './abortable.ts';
import { type MessageScan, type MessageScanOptions, scanMessage } from './message-scan.ts';
import type { Pool } from './pool.ts';
import type { ClamdServer } from './server.ts';
import { type NotScannedPolicy, toVerdict } from './verdict.ts';

export interface InspectionOptions extends MessageScanOptions {
  readonly notScanned: NotScannedPolicy;
}

// A message that breaks one scanner and then another is not given to all of them in turn. One that
// could not even be reached does not count.
const maxBreaks = 2;

export async function inspect(
  message: MessageView,
  pool: Pool,
  options: InspectionOptions,
): Promise<Verdict> {
  try {
    return toVerdict(await scanSomewhere(message, pool, options), options.notScanned);
  } catch (error) {
    // Anything else is an error of the message, which is for the pipeline to judge.
    if (message.signal.aborted) return tempfail('the scan was given up');
    throw error;
  }
}

async function scanSomewhere(
  message: MessageView,
  pool: Pool,
  options: InspectionOptions,
): Promise<MessageScan> {
  const { signal } = message;
  const tried = new Set<ClamdServer>();
  let last: MessageScan | undefined;
  for (let breaks = 0; breaks < maxBreaks; ) {
    const scan = await pool.use(signal, tried, async (server) => {
      const result = await scanMessage(server, message, options);
      const isToBlame = result.kind === 'failed' && result.fault !== 'pause';
      if (isToBlame) tried.add(server);
      return result;
    });
    if (scan === undefined) break;
    if (scan.kind !== 'failed') return scan;
    last = scan;
    if (scan.fault !== 'unreachable') breaks += 1;
    // The same server may try again, once nothing is left to wait for.
    if (scan.fault === 'pause') await untilAborted(message.size(), signal);
  }
  return (
    last ?? {
      kind: 'failed',
      fault: 'unreachable',
      reason: `clamd cannot be reached: ${pool.errors}`,
    }
  );
}
