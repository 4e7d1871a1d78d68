// Owns writing to a client: back-pressure, and the difference between ending and cutting a connection.
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { AppError } from '../base/errors.ts';

export class ClientOutput {
  readonly #socket: Socket;
  /** Writes that the system has not taken over yet. */
  #unflushed = 0;
  #onFlushed: (() => void) | undefined;
  readonly #onWritten = (error?: Error | null): void => {
    if (error != null) return;
    this.#unflushed -= 1;
    if (this.#unflushed === 0) this.#onFlushed?.();
  };

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Writes; there is something to wait for only when the client has no room for more. */
  write(pieces: readonly Buffer[]): Promise<void> | undefined {
    this.writeNow(pieces);
    return this.#socket.writableNeedDrain ? this.room() : undefined;
  }

  /** Writes in one go; whoever has more to come waits for `room()`. Throws when the client is gone. */
  writeNow(pieces: readonly Buffer[]): void {
    const socket = this.#socket;
    requireWritable(socket);
    const [only] = pieces;
    if (only === undefined) return;
    if (pieces.length === 1) {
      this.#writeCounted(only);
      return;
    }
    socket.cork();
    for (const piece of pieces) this.#writeCounted(piece);
    socket.uncork();
  }

  /** Writes; false when the client has enough for now, see `onRoom`. Throws when it is gone. */
  pass(piece: Buffer): boolean {
    const socket = this.#socket;
    requireWritable(socket);
    this.#writeCounted(piece);
    // What the system has taken at once needs no pause, whatever the stream says of it.
    return socket.writableLength < socket.writableHighWaterMark;
  }

  /** Calls back once the client has taken enough of what was written; never when it goes before. */
  onRoom(resume: () => void): void {
    if (this.#socket.writableNeedDrain) this.#socket.once('drain', resume);
    else resume();
  }

  /** Resolves when everything written has left the process. Rejects when the client is gone before. */
  async flushed(): Promise<void> {
    const socket = this.#socket;
    if (this.#unflushed === 0) return;
    requireWritable(socket);
    await new Promise<void>((resolve, reject) => {
      const onClose = (): void => reject(clientGone());
      socket.once('close', onClose);
      this.#onFlushed = () => {
        this.#onFlushed = undefined;
        socket.off('close', onClose);
        resolve();
      };
    });
  }

  /** Resolves when the client has taken enough of what was written. */
  async room(): Promise<void> {
    const socket = this.#socket;
    requireWritable(socket);
    if (socket.writableNeedDrain) await drained(socket);
  }

  #writeCounted(piece: Buffer): void {
    this.#unflushed += 1;
    this.#socket.write(piece, this.#onWritten);
  }

  /** Lets everything written so far arrive, and `last`, then closes. */
  end(last?: Buffer): void {
    if (!this.#socket.writable) return;
    if (last !== undefined) this.#socket.write(last);
    this.#socket.end();
  }

  /** Cuts the connection, so that what was sent can never be taken for a whole response. */
  cut(): void {
    const socket = this.#socket;
    // A reset is for TCP alone; under TLS the missing terminator and close_notify say the same.
    if (socket instanceof TLSSocket) socket.destroy();
    else socket.resetAndDestroy();
  }
}

/** A client that has closed its side has vanished: nobody is told the rest. */
function requireWritable(socket: Socket): void {
  if (socket.writable) return;
  socket.destroy();
  throw clientGone();
}

function clientGone(): AppError {
  return new AppError('CLIENT_GONE', { fault: 'client', publicText: 'the client is gone' });
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      socket.off('drain', settle);
      socket.off('close', settle);
      if (socket.destroyed) reject(clientGone());
      else resolve();
    };
    socket.on('drain', settle);
    socket.on('close', settle);
  });
}
