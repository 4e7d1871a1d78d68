// Owns one content on one clamd: what came out, and whether a failure is the server's. It does not
// know where the content comes from and tries no other server.
import { type InstreamLimits, type InstreamResult, instream } from './instream.ts';
import { type Judgement, judgeReply } from './reply.ts';
import type { ClamdServer } from './server.ts';
import type { ScanEnd } from './server-metrics.ts';
import type { ScanTurn } from './sessions.ts';

/** Why nobody can say what is in a content. */
export type NotScannedReason =
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'tooManyParts' }
  /** clamd's own word for the limit. */
  | { readonly kind: 'limit'; readonly name: string }
  | { readonly kind: 'tooSlow' };

export interface ScanFailure {
  readonly kind: 'failed';
  /**
   * `pause`: clamd was right not to wait any longer for a content that was slow to arrive. `stale`: it
   * had closed a connection that lay idle.
   */
  readonly fault: 'unreachable' | 'server' | 'pause' | 'stale';
  readonly reason: string;
}

export type ScanResult =
  | { readonly kind: 'clean' }
  | { readonly kind: 'infected'; readonly signature: string }
  | { readonly kind: 'notScanned'; readonly reason: NotScannedReason }
  | ScanFailure;

export interface ScanSettings {
  readonly source: InstreamLimits['source'];
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

const ends: Readonly<Record<ScanResult['kind'], ScanEnd>> = {
  clean: 'clean',
  infected: 'infected',
  notScanned: 'not_scanned',
  failed: 'failed',
};

/** Rejects when the signal aborts, and with the error of a content that cannot be read. */
export async function scanContent(
  server: ClamdServer,
  content: AsyncIterable<Buffer>,
  settings: ScanSettings,
): Promise<ScanResult> {
  let end: ScanEnd = 'given_up';
  try {
    const result = await converse(server, content, settings);
    end = ends[result.kind];
    return result;
  } finally {
    server.metrics.scanEnded(end);
  }
}

async function converse(
  server: ClamdServer,
  content: AsyncIterable<Buffer>,
  { source, timeoutMs, maxBytes, signal }: ScanSettings,
): Promise<ScanResult> {
  const begun = await begin(server, signal);
  if (begun.kind === 'failed') return begun;
  const { turn } = begun;
  let endedMs: number | undefined;
  const result = await instream(turn, content, {
    source,
    silenceMs: timeoutMs,
    maxBytes,
    signal,
    onSent: (octets) => server.metrics.sent(octets),
    onEnd: () => {
      endedMs = server.clock.monotonicMs();
    },
  });
  if (!turn.socket.destroyed) server.giveBack(turn);
  signal.throwIfAborted();
  if (result.kind === 'broken' && result.isUnanswered && turn.isReused) {
    server.forgetIdle();
    return failed('stale', result.reason);
  }
  const tookMs = endedMs === undefined ? undefined : server.clock.monotonicMs() - endedMs;
  const scanned = interpret(result, server, tookMs);
  if (scanned.kind !== 'failed') {
    // An own limit was met before the server had anything to say.
    if (result.kind === 'replied') server.scanSucceeded();
    if (tookMs !== undefined) server.metrics.answered(tookMs);
  } else if (scanned.fault === 'server') {
    server.scanFailed(scanned.reason);
  }
  return scanned;
}

async function begin(
  server: ClamdServer,
  signal: AbortSignal,
): Promise<{ readonly kind: 'begun'; readonly turn: ScanTurn } | ScanFailure> {
  try {
    return { kind: 'begun', turn: await server.begin(signal) };
  } catch (error) {
    signal.throwIfAborted();
    const text = error instanceof Error ? error.message : String(error);
    server.scanFailed(text);
    return failed('unreachable', `clamd cannot be reached: ${server.name}: ${text}`);
  }
}

function interpret(
  result: InstreamResult,
  server: ClamdServer,
  tookMs: number | undefined,
): ScanResult {
  switch (result.kind) {
    case 'unreadable':
      throw result.error;
    case 'oversize':
      return notScanned({ kind: 'tooLarge' });
    case 'broken':
      return failed('server', result.reason);
    case 'replied':
      return toResult(judgeReply(result.reply, result.phase, server.parseReply), server, tookMs);
  }
}

function toResult(
  judgement: Judgement,
  { limits: { silentLimitMs } }: ClamdServer,
  tookMs: number | undefined,
): ScanResult {
  switch (judgement.kind) {
    case 'clean':
      // Beyond MaxScanTime clamd stops looking, and says OK unless AlertExceedsMax is set.
      return silentLimitMs !== undefined && (tookMs ?? Infinity) >= silentLimitMs
        ? notScanned({ kind: 'tooSlow' })
        : { kind: 'clean' };
    case 'infected':
      return judgement;
    case 'limitExceeded':
      return notScanned({ kind: 'limit', name: judgement.name });
    case 'tooLarge':
      return notScanned({ kind: 'tooLarge' });
    case 'pausedTooLong':
      return failed('pause', 'clamd waited too long for the next octets of the message');
    case 'failed':
      return failed('server', judgement.reason);
  }
}

function notScanned(reason: NotScannedReason): ScanResult {
  return { kind: 'notScanned', reason };
}

function failed(fault: ScanFailure['fault'], reason: string): ScanFailure {
  return { kind: 'failed', fault, reason };
}
