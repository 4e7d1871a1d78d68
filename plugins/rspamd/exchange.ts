// Owns one request to a worker of rspamd and its answer, in HTTP, each on a connection of its own: rspamd
// closes it after the answer, whatever it is asked. Whatever is not a whole answer within bounds is a
// failure of the server. It never decides what an answer means.
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Clock, ServerFailure } from '#plugin-api';
import type { ServerAddress } from './server-address.ts';

export interface Question {
  readonly method: 'GET' | 'POST';
  /** `/checkv2`. */
  readonly path: string;
  /** A header with several values stands on several lines. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: { readonly octets: number; pieces(): AsyncIterable<Buffer> };
}

export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** Without parameters, in lower case. */
  readonly contentType: string;
  /** `rspamd/3.4`. */
  readonly server: string | undefined;
  readonly body: Buffer;
}

export interface ExchangeOptions {
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  /** Certificates of authorities in PEM, in place of those of the system. */
  readonly ca?: Buffer | undefined;
}

/** rspamd gives at most some kilobytes for each symbol. */
const maxAnswerBytes = 1024 * 1024;

export async function exchange(
  address: ServerAddress,
  question: Question,
  options: ExchangeOptions,
  signal: AbortSignal,
): Promise<Answer> {
  signal.throwIfAborted();
  const asked = new AbortController();
  const request = open(address, question, options, AbortSignal.any([signal, asked.signal]));
  const answer = answerTo(request, options);
  // The answer to a message may come before its last octet, and says what was wrong with it.
  const sent = send(request, question);
  try {
    const [result] = await Promise.all([answer, Promise.race([sent, answer])]);
    return result;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    asked.abort();
    await Promise.allSettled([sent]);
  }
}

function open(
  address: ServerAddress,
  { method, path, headers, body }: Question,
  { ca }: ExchangeOptions,
  signal: AbortSignal,
): ClientRequest {
  const common = {
    method,
    signal,
    agent: false,
    headers: {
      ...headers,
      accept: 'application/json',
      'user-agent': 'postern',
      ...(body === undefined ? {} : { 'content-length': body.octets }),
    },
    maxHeaderSize: 64 * 1024,
  } as const;
  switch (address.kind) {
    case 'unix':
      return httpRequest({ ...common, socketPath: address.socketPath, path });
    case 'http': {
      const { host, port, prefix } = address;
      return httpRequest({ ...common, host, port, path: `${prefix}${path}` });
    }
    case 'https': {
      const { host, port, prefix } = address;
      const target = { ...common, host, port, path: `${prefix}${path}` };
      return httpsRequest(ca === undefined ? target : { ...target, ca });
    }
  }
}

async function send(request: ClientRequest, { body }: Question): Promise<void> {
  if (body === undefined) {
    request.end();
    return;
  }
  for await (const piece of body.pieces()) {
    if (request.destroyed) return;
    if (!request.write(piece)) await drained(request);
  }
  request.end();
}

/** Also when the request is over, which is for whoever waits for its answer to notice. */
async function drained(request: ClientRequest): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  request.once('drain', resolve);
  request.once('close', resolve);
  await promise;
  request.off('drain', resolve);
  request.off('close', resolve);
}

async function answerTo(
  request: ClientRequest,
  { clock, connectTimeoutMs }: ExchangeOptions,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  let isConnected = false;
  const timer = clock.after(connectTimeoutMs, () =>
    reject(new ServerFailure('unreachable', 'it cannot be reached in time')),
  );
  const onConnected = (): void => {
    isConnected = true;
    timer.cancel();
  };
  request.once('socket', (socket) => {
    const event = 'encrypted' in socket ? 'secureConnect' : 'connect';
    socket.once(event, onConnected);
  });
  request.once('response', resolve);
  request.on('error', (cause) => {
    const kind = isConnected ? 'broken' : 'unreachable';
    reject(new ServerFailure(kind, cause.message, { cause }));
  });
  // Node tells of no error where the answer is a change of protocol.
  request.once('close', () => reject(new ServerFailure('broken', 'it gave no answer')));
  try {
    return await readAnswer(await promise);
  } finally {
    timer.cancel();
  }
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const pieces: Buffer[] = [];
  let octets = 0;
  try {
    for await (const piece of response) {
      if (!Buffer.isBuffer(piece)) continue;
      octets += piece.length;
      if (octets > maxAnswerBytes) throw new ServerFailure('broken', 'its answer is too long');
      pieces.push(piece);
    }
  } catch (cause) {
    if (cause instanceof ServerFailure) throw cause;
    throw new ServerFailure('broken', 'its answer broke off', { cause });
  }
  const { statusCode = 0, statusMessage = '', headers } = response;
  const [contentType = ''] = (headers['content-type'] ?? '').split(';');
  return {
    status: statusCode,
    reason: statusMessage,
    contentType: contentType.trim().toLowerCase(),
    server: String(headers['server'] ?? '') || undefined,
    body: Buffer.concat(pieces),
  };
}
