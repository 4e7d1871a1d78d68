// Owns one INSTREAM conversation on a connected socket: sends a message while it arrives, collects
// the reply, and leaves the socket destroyed unless it may be used again. It never decides what a
// reply means.
//
// npm clamscan could do this, but its passthrough() ends the stream before all octets are sent, so
// that a prefix is called clean, and its scanStream() ignores back-pressure.
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { isWhole, type SendPhase } from './reply.ts';

export type InstreamResult =
  | { readonly kind: 'replied'; readonly reply: Buffer; readonly phase: SendPhase }
  | { readonly kind: 'oversize' }
  /** The content gave an error of its own. */
  | { readonly kind: 'unreadable'; readonly error: unknown }
  /** `isUnanswered`: clamd closed the connection and had not said a word. */
  | { readonly kind: 'broken'; readonly reason: string; readonly isUnanswered?: true };

/** A socket on which a scan may begin. */
export interface InstreamLine {
  readonly socket: Socket;
  /** What has to be sent before the content. */
  readonly opening: string;
  /** With what the reply begins in a session; undefined where one scan is all. */
  readonly replyPrefix: string | undefined;
}

export interface InstreamLimits {
  /** Longest time without progress while clamd is the one waited for. */
  readonly silenceMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /**
   * Whether the content may be slow to come. One that is stored has been let go when the result is
   * there, so that its reader can move on.
   */
  readonly source: 'arriving' | 'stored';
  /** Octets of the content are on their way to clamd. */
  onSent?(octets: number): void;
  /** All of it is: from now on clamd is the one waited for. */
  onEnd?(): void;
}

interface Progress {
  octets: number;
  phase: SendPhase;
}

// Well under every StreamMaxLength, and what a spool reads at a time.
const maxPieceBytes = 64 * 1024;
// The longest honest reply is a signature name.
const maxReplyBytes = 4096;
const nothing: Buffer = Buffer.alloc(0);

export async function instream(
  line: InstreamLine,
  content: AsyncIterable<Buffer>,
  limits: InstreamLimits,
): Promise<InstreamResult> {
  const { socket } = line;
  const progress: Progress = { octets: 0, phase: 'sending' };
  const { promise, resolve } = Promise.withResolvers<InstreamResult>();
  const broken = (reason: string): void => resolve({ kind: 'broken', reason });
  const onAbort = (): void => broken('the scan was given up');

  limits.signal.addEventListener('abort', onAbort, { once: true });
  if (limits.signal.aborted) onAbort();
  const collector = collectReply(line, progress, limits, resolve);
  // A reply or a broken connection ends the scan, even while the next octets of the message are
  // still on their way. The sender stops when it finds the socket closed.
  const sending = sendMessage(line, content, progress, limits).then(
    (end) => {
      if (end === 'oversize') resolve({ kind: 'oversize' });
    },
    (error: unknown) => resolve({ kind: 'unreadable', error }),
  );
  const result = await promise;
  limits.signal.removeEventListener('abort', onAbort);
  if (result.kind === 'replied' && collector.isAtRest()) collector.stop();
  else socket.destroy();
  if (limits.source === 'stored') await sending;
  return result;
}

interface Collector {
  /** Whether everything was asked and everything answered, so that another question may follow. */
  isAtRest(): boolean;
  /** Lets the socket go, for others to listen to. */
  stop(): void;
}

function collectReply(
  { socket, replyPrefix }: InstreamLine,
  progress: Progress,
  limits: InstreamLimits,
  resolve: (result: InstreamResult) => void,
): Collector {
  let said: Buffer = nothing;
  // A reply that began before the end of the question is no answer to it, wherever it ends.
  let phase: SendPhase | undefined;
  let failure = '';
  const isNumbered = (): boolean => replyPrefix !== undefined && said.indexOf(replyPrefix) === 0;
  const onData = (chunk: Buffer): void => {
    phase ??= progress.phase;
    said = said.length === 0 ? chunk : Buffer.concat([said, chunk]);
    if (!isWhole(said) && said.length <= maxReplyBytes) return;
    if (replyPrefix === undefined) resolve({ kind: 'replied', reply: said, phase });
    else if (isNumbered()) {
      resolve({ kind: 'replied', reply: said.subarray(replyPrefix.length), phase });
    } else {
      // An answer to something else, whenever it comes: it must let nothing pass.
      resolve({ kind: 'replied', reply: said, phase: 'sending' });
    }
  };
  const onError = (error: NodeJS.ErrnoException): void => {
    failure = ` (${error.code ?? error.message})`;
  };
  const onClosed = (): void => {
    const isUnanswered = said.length === 0;
    const where = isUnanswered ? `at octet ${progress.octets}` : 'in the middle of its reply';
    const reason = `clamd closed the connection ${where}${failure}`;
    resolve({ kind: 'broken', reason, ...(isUnanswered ? { isUnanswered } : {}) });
  };
  const onTimeout = (): void => {
    // Silence while the message itself is slow to arrive is not clamd's.
    const isClamdDue = progress.phase !== 'sending' || socket.writableLength > 0;
    if (isClamdDue) resolve({ kind: 'broken', reason: 'clamd did not answer in time' });
  };
  socket.on('data', onData).on('error', onError);
  socket.on('end', onClosed).on('close', onClosed);
  // Not as the callback of setTimeout, which would be called only once.
  socket.on('timeout', onTimeout).setTimeout(limits.silenceMs);
  return {
    isAtRest: () => phase === 'sent' && isNumbered() && said.indexOf(0) === said.length - 1,
    stop() {
      socket.off('data', onData).off('error', onError);
      socket.off('end', onClosed).off('close', onClosed).off('timeout', onTimeout);
    },
  };
}

async function sendMessage(
  { socket, opening }: InstreamLine,
  content: AsyncIterable<Buffer>,
  progress: Progress,
  limits: InstreamLimits,
): Promise<'sent' | 'oversize' | 'stopped'> {
  socket.write(opening);
  for await (const chunk of content) {
    for (const piece of pieces(chunk)) {
      if (!socket.writable) return 'stopped';
      if (progress.octets + piece.length > limits.maxBytes) return 'oversize';
      progress.octets += piece.length;
      limits.onSent?.(piece.length);
      await sendPiece(socket, piece);
    }
  }
  // Whatever clamd has said by now is read first, while it still counts as too early.
  await fullTurn();
  if (!socket.writable) return 'stopped';
  progress.phase = 'ending';
  limits.onEnd?.();
  socket.write(lengthPrefix(0), (error) => {
    if (!error) progress.phase = 'sent';
  });
  return 'sent';
}

/** Sockets are read between the two: the first may come within the turn that is under way. */
async function fullTurn(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/** A piece of no octets would read as the end of the message, so none is ever made. */
function* pieces(chunk: Buffer): Generator<Buffer> {
  for (let start = 0; start < chunk.length; start += maxPieceBytes) {
    yield chunk.subarray(start, start + maxPieceBytes);
  }
}

async function sendPiece(socket: Socket, piece: Buffer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // Corked, prefix and piece leave in one writev.
  socket.cork();
  socket.write(lengthPrefix(piece.length));
  // Back-pressure by the callback and not by 'drain', which never comes on a destroyed socket.
  const hasRoom = socket.write(piece, () => resolve());
  socket.uncork();
  if (!hasRoom) await promise;
}

function lengthPrefix(octets: number): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(octets);
  return prefix;
}
