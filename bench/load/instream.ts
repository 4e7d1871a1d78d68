// Owns direct calls of a clamd: what a scanner reaches that does nothing but ask.
import { connect } from 'node:net';
import { findMailbox, userName, wholeMessage } from '../source/mailbox.ts';
import type { InstreamJob, JobResult } from './job.ts';

export async function runInstream(job: InstreamJob): Promise<JobResult> {
  const messages = Array.from({ length: job.messages }, (_, index) => messageOf(job, index));
  const startedMs = performance.now();
  const deadline = AbortSignal.timeout(job.deadlineMs);
  let [begun, done, failed, octets] = [0, 0, 0, 0];
  let firstFailure: string | undefined;
  const worker = async (): Promise<void> => {
    while (!deadline.aborted) {
      const message = messages[begun++];
      if (message === undefined) return;
      try {
        await scan(job.socketPath, message, deadline);
        done++;
        octets += message.length;
      } catch (error) {
        failed++;
        firstFailure ??= String(error);
      }
    }
  };
  await Promise.all(Array.from({ length: job.concurrency }, worker));
  return {
    done,
    failed,
    unfinished: job.messages - done - failed,
    octets,
    wallMs: performance.now() - startedMs,
    ...(firstFailure === undefined ? {} : { firstFailure }),
  };
}

function messageOf({ messageOctets, firstUser }: InstreamJob, index: number): Buffer {
  const mailbox = findMailbox(userName(1, messageOctets, firstUser + index));
  if (mailbox === undefined) throw new Error('not a user of the bench');
  return wholeMessage(mailbox, 1);
}

/** clamd(8): INSTREAM, chunks with their length before them, a chunk without octets at the end. */
function scan(path: string, message: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, signal });
    const length = Buffer.alloc(4);
    length.writeUInt32BE(message.length);
    socket.cork();
    for (const piece of ['zINSTREAM\0', length, message, Buffer.alloc(4)]) socket.write(piece);
    socket.uncork();
    let reply = '';
    socket.on('data', (chunk) => {
      reply += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => {
      if (reply === 'stream: OK\0') resolve();
      else reject(new Error(`clamd said: ${reply}`));
    });
  });
}
