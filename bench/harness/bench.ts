// Owns what every scenario works with: the load client, the mail source, and the peers that were chosen.
import {
  makeTestCertificates,
  type TestCertificates,
} from '../../test/helpers/test-certificates.ts';
import type { Job, JobResult } from '../load/job.ts';
import type { Peer, PeerOptions, RunningPeer } from '../peers/peer.ts';
import type { LineRequest } from '../source/line-process.ts';
import type { MaildropSize } from '../source/mailbox.ts';
import type { SourceRequest } from '../source/source-process.ts';
import type { LineQuality } from '../source/way-back.ts';
import { type MailSource, startDovecotSource } from './dovecot-source.ts';
import { type Helper, startHelper } from './helper-process.ts';

export type Transport = PeerOptions['transport'];

export interface BenchOptions {
  readonly size: 'quick' | 'full';
  readonly peers: readonly Peer[];
  readonly upstream: 'source' | 'dovecot';
  readonly nodeFlags: readonly string[];
  /** Rounds in place of those of the scenario. */
  readonly rounds?: number;
}

/** A peer under its name, ready for clients. */
export interface Contender extends RunningPeer {
  readonly name: string;
}

export interface Line {
  readonly port: number;
  readonly transport: Transport;
  readonly clamdSocket?: string;
}

interface Listening {
  readonly port: number;
}

export class Bench implements AsyncDisposable {
  readonly options: BenchOptions;
  readonly certificates: TestCertificates = makeTestCertificates();
  readonly #load = startHelper<Job, JobResult>(new URL('../load/load-process.ts', import.meta.url));
  #users = 1;

  constructor(options: BenchOptions) {
    this.options = options;
  }

  /** The value for the size of this run. */
  sized<T>({ quick, full }: { readonly quick: T; readonly full: T }): T {
    return this.options.size === 'quick' ? quick : full;
  }

  rounds(usual: { readonly quick: number; readonly full: number }): number {
    return this.options.rounds ?? this.sized(usual);
  }

  /** The first of so many users that nobody has been before. */
  newUsers(count: number): number {
    const first = this.#users;
    this.#users += count;
    return first;
  }

  run(job: Job): Promise<JobResult> {
    return this.#load.ask(job);
  }

  /** What the load client trusts. */
  trust(transport: Transport): { readonly ca?: string } {
    return transport === 'tls' ? { ca: this.certificates.caPem } : {};
  }

  /** A mail server in which users of these maildrops can log in. */
  async source(transport: Transport, maildrops: readonly MaildropSize[]): Promise<MailSource> {
    if (this.options.upstream === 'dovecot') {
      return startDovecotSource(this.certificates, transport, maildrops);
    }
    const url = new URL('../source/source-process.ts', import.meta.url);
    const helper = startHelper<SourceRequest, Listening>(url);
    const { certPem: cert, keyPem: key } = this.certificates.server;
    const papers = transport === 'tls' ? { certificate: { cert, key } } : {};
    const { port } = await helper.ask({ kind: 'listen', ...papers });
    return { port, [Symbol.asyncDispose]: () => dispose(helper) };
  }

  /** A line to `upstreamPort` over which what the server says comes slowly. */
  async slowLine(
    upstreamPort: number,
    quality: Partial<LineQuality>,
  ): Promise<Listening & AsyncDisposable> {
    const url = new URL('../source/line-process.ts', import.meta.url);
    const helper = startHelper<LineRequest, Listening>(url);
    const { delayMs = 0, octetsPerSecond } = quality;
    const { port } = await helper.ask({ upstreamPort, delayMs, octetsPerSecond });
    return { port, [Symbol.asyncDispose]: () => dispose(helper) };
  }

  /** Those of the chosen peers that are in the list and can be measured here. */
  peers(names: readonly string[], transport: Transport): Peer[] {
    return this.options.peers.filter((peer) => {
      if (!names.includes(peer.name)) return false;
      const reason = peer.missing(transport);
      if (reason !== undefined) this.say(`${peer.name} is left out: ${reason}`);
      return reason === undefined;
    });
  }

  async start(peer: Peer, line: Line): Promise<Contender> {
    const running = await peer.start({
      upstreamPort: line.port,
      transport: line.transport,
      certificates: this.certificates,
      // A real server keeps one maildrop for all users of a kind.
      messages: this.options.upstream === 'dovecot' ? 'repeated' : 'unique',
      clamdSocket: line.clamdSocket,
      nodeFlags: this.options.nodeFlags,
    });
    return { ...running, name: peer.name };
  }

  /** Ends a peer; one that writes a profile at its end gets the time for it. */
  stop(contender: Contender): Promise<void> {
    return contender.stop(this.options.nodeFlags.length > 0 ? 'ask' : 'force');
  }

  /** All peers at once, for rounds in which they take turns. */
  async withContenders<T>(
    names: readonly string[],
    line: Line,
    work: (contenders: readonly Contender[]) => Promise<T>,
  ): Promise<T> {
    const contenders: Contender[] = [];
    try {
      for (const peer of this.peers(names, line.transport)) {
        contenders.push(await this.start(peer, line));
      }
      return await work(contenders);
    } finally {
      for (const contender of contenders) await this.stop(contender);
    }
  }

  /** Progress, beside the tables. */
  say(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return dispose(this.#load);
  }
}

async function dispose(helper: Helper<never, unknown>): Promise<void> {
  await helper[Symbol.asyncDispose]();
}
