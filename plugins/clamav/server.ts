// Owns one clamd of several: whether it is well, how busy it is, which version it has. It chooses no
// server and judges no message.
import type { Socket } from 'node:net';
import type { Clock, Logger, Timer } from '#plugin-api';
import { Breaker } from './breaker.ts';
import { ClamdSilence } from './clamd.ts';
import type { ServerLimits } from './limits.ts';
import type { ParseReply } from './reply.ts';
import type { ServerMetrics } from './server-metrics.ts';
import { type ScanTurn, Sessions } from './sessions.ts';
import { type ClamdVersion, parseVersion, versionKey } from './version.ts';

/** What a server needs of its clamd. */
export interface ClamdConnection {
  connect(signal: AbortSignal): Promise<Socket>;
  version(): Promise<string>;
  readonly parseReply: ParseReply;
  close(): void;
}

export interface ServerServices {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ServerMetrics;
  /** From 0 to below 1. */
  random(): number;
}

export class ClamdServer {
  readonly name: string;
  readonly limits: ServerLimits;
  readonly clock: Clock;
  readonly metrics: ServerMetrics;
  readonly #clamd: ClamdConnection;
  readonly #refreshMs: number;
  readonly #log: Logger;
  readonly #breaker: Breaker;
  readonly #sessions: Sessions;
  #busy = 0;
  #version: ClamdVersion | undefined;
  #error: string | undefined;
  #told: 'nothing' | 'up' | 'down' = 'nothing';
  #life: 'running' | 'stopped' = 'running';
  #checking: Promise<void> | undefined;
  #timer: Timer | undefined;
  #onChange: () => void = () => {};

  constructor(
    clamd: ClamdConnection,
    about: { readonly name: string; readonly limits: ServerLimits; readonly refreshMs: number },
    services: ServerServices,
  ) {
    this.#clamd = clamd;
    this.name = about.name;
    this.limits = about.limits;
    this.#refreshMs = about.refreshMs;
    this.clock = services.clock;
    this.metrics = services.metrics;
    this.#log = services.log.child({ server: about.name });
    this.#breaker = new Breaker(services.random);
    this.#sessions = new Sessions((signal) => clamd.connect(signal));
    this.metrics.state(this.#breaker.state);
    this.metrics.busy(0);
  }

  /** Called whenever it has become able to take messages, or unable. */
  watch(onChange: () => void): void {
    this.#onChange = onChange;
  }

  get isHealthy(): boolean {
    return this.#life === 'running' && this.#breaker.state === 'closed';
  }

  get hasRoom(): boolean {
    return this.isHealthy && this.#busy < this.limits.maxConcurrent;
  }

  /** Share of its capacity that is taken. */
  get load(): number {
    return this.#busy / this.limits.maxConcurrent;
  }

  /** Undefined while the signatures are not known. */
  get versionKey(): string | undefined {
    return this.#version === undefined ? undefined : versionKey(this.#version);
  }

  /** Why it is not well. */
  get error(): string | undefined {
    return this.#error;
  }

  enter(): void {
    this.#busy += 1;
    this.metrics.busy(this.#busy);
  }

  leave(): void {
    this.#busy -= 1;
    this.metrics.busy(this.#busy);
  }

  /** The caller destroys the socket of the turn, or gives it back. */
  async begin(signal: AbortSignal): Promise<ScanTurn> {
    return await this.#sessions.begin(signal);
  }

  giveBack(turn: ScanTurn): void {
    this.#sessions.giveBack(turn);
  }

  /** A connection that lay idle was found closed. */
  forgetIdle(): void {
    this.#sessions.clear();
  }

  get parseReply(): ParseReply {
    return this.#clamd.parseReply;
  }

  scanSucceeded(): void {
    const wasClosed = this.#breaker.state === 'closed';
    this.#breaker.scanSucceeded();
    if (!wasClosed) this.#settle();
  }

  /** The server's own failure, not that of a message. */
  scanFailed(reason: string): void {
    if (!this.isHealthy) return;
    this.#error = reason;
    this.#breaker.scanFailed();
    // Rather than let the next messages find out.
    if (this.isHealthy) void this.check();
    else this.#settle();
  }

  /** Asks for the version, once for all who want to know; never rejects. */
  check(): Promise<void> {
    this.#checking ??= this.#ask().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  /** Asks without waiting for the end of a pause. */
  async revive(): Promise<boolean> {
    // Asked before it opened, so that the answer would change nothing.
    if (this.#breaker.state === 'open') await this.#checking;
    await this.check();
    return this.isHealthy;
  }

  /** Ends scans in progress without a result. */
  stop(): void {
    this.#life = 'stopped';
    this.#timer?.cancel();
    this.#clamd.close();
    this.#onChange();
  }

  async #ask(): Promise<void> {
    if (this.#life === 'stopped') return;
    this.#breaker.probe();
    this.metrics.state(this.#breaker.state);
    try {
      const version = parseVersion(await this.#clamd.version());
      if (version === undefined) throw new Error('the answer to VERSION is not one of ClamAV');
      this.#version = version;
      this.metrics.version(version, this.clock.nowMs());
      this.#breaker.checkSucceeded();
    } catch (error) {
      this.#version = undefined;
      this.#error = error instanceof Error ? error.message : String(error);
      // A clamd whose queue is full answers late, and goes on scanning.
      const mayBeBusy = error instanceof ClamdSilence && this.isHealthy && this.#busy > 0;
      if (mayBeBusy) this.#breaker.scanFailed();
      else this.#breaker.checkFailed();
    }
    this.#settle();
  }

  /** After whatever was learned: the next question is set, and those concerned are told. */
  #settle(): void {
    if (this.#life === 'stopped') return;
    const { state, pauseMs } = this.#breaker;
    const isUp = state === 'closed';
    this.metrics.state(state);
    this.#timer?.cancel();
    this.#timer = this.clock.after(isUp ? this.#refreshMs : pauseMs, () => void this.check());
    this.#tell(isUp ? 'up' : 'down', pauseMs);
    this.#onChange();
  }

  /** Once for each change, not for each attempt. */
  #tell(news: 'up' | 'down', pauseMs: number): void {
    if (this.#told === news) return;
    this.#told = news;
    if (news === 'up') {
      const { engine, signatures } = this.#version ?? {};
      this.#log.info({ engine, signatures }, 'clamd is there');
    } else {
      this.#log.warn(
        { error: this.#error, pauseMs },
        'clamd does not answer; it gets no messages until it does',
      );
    }
  }
}
