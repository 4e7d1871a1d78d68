// Owns a message on its way through the scanners: a server that fails it is followed by another one.
// Only a complete scan lets it pass.
import { type MessageView, tempfail, type Verdict } from '#plugin-api';
import { untilAborted } from './abortable.ts';
import { type MessageScan, type MessageScanOptions, scanMessage } from './message-scan.ts';
import type { Pool } from './pool.ts';
import type { ScanFailure } from './scan.ts';
import type { ClamdServer } from './server.ts';
import { type NotScannedPolicy, toVerdict } from './verdict.ts';

export interface InspectionOptions extends MessageScanOptions {
  readonly notScanned: NotScannedPolicy;
}

// A message that breaks one scanner and then another is not given to all of them in turn. One that
// could not even be reached does not count.
const maxBreaks = 2;
const excused: ReadonlySet<ScanFailure['fault']> = new Set(['pause', 'stale']);

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
  // Once a connection may have been closed while it lay idle; a message that closes two is to blame.
  let wasStale = false;
  for (let breaks = 0; breaks < maxBreaks; ) {
    const scan = await pool.use(signal, tried, async (server) => {
      const result = await scanMessage(server, message, options);
      const isToBlame = result.kind === 'failed' && !excused.has(result.fault);
      if (isToBlame) tried.add(server);
      return result;
    });
    if (scan === undefined) break;
    if (scan.kind !== 'failed') return scan;
    last = scan;
    const isFirstStale: boolean = scan.fault === 'stale' && !wasStale;
    wasStale ||= isFirstStale;
    if (scan.fault !== 'unreachable' && !isFirstStale) breaks += 1;
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
