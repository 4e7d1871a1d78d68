// Owns the client of the fault injection: a program that fetches its mail in one of several ways, and
// deletes nothing that it has not been given, unless it does not want it.
import { ConnectionEnded, type ConnectOptions, Pop3Client, ReplyMissed } from '../pop3-client.ts';
import type { Random } from './random.ts';
import type {
  Deletion,
  DeletionMotive,
  ReceivedMessage,
  RefusedMessage,
  SessionRecord,
} from './session-record.ts';

export interface VisitOptions {
  readonly connection: ConnectOptions;
  readonly user: string;
  readonly password: string;
  readonly random: Random;
  /** Called now and then in the middle of the session. */
  onTheWay(): void;
}

/** What is done about one message. */
interface Errand {
  readonly number: number;
  readonly uidl: string;
  /** Lines for a TOP before anything else. */
  readonly topLines: number | undefined;
  readonly isFetched: boolean;
  readonly deletion: 'never' | 'once it is there' | 'unwanted';
}

type Style = 'stepwise' | 'pairs' | 'all at once';

/** Longer than the product waits for anybody. */
const limitMs = 60_000;

export class MailReader {
  /** UIDLs of messages that came whole: no client fetches those again without a reason. */
  readonly #known = new Set<string>();

  /** One session. Whatever breaks is told in the record. */
  async visit(options: VisitOptions): Promise<SessionRecord> {
    const visit = new Visit(options, this.#known);
    const record = await visit.run();
    for (const { uidl, lines } of record.received) {
      if (lines === undefined) this.#known.add(uidl);
    }
    return record;
  }
}

class Visit {
  readonly #options: VisitOptions;
  readonly #known: ReadonlySet<string>;
  readonly #octets: Buffer[] = [];
  readonly #received: ReceivedMessage[] = [];
  readonly #refused: RefusedMessage[] = [];
  readonly #cut: string[] = [];
  readonly #deletions: Deletion[] = [];
  #login: SessionRecord['login'] = 'lost';
  #reset: SessionRecord['reset'] = 'no';
  #quit: SessionRecord['quit'] = 'no';
  #isSilent = false;

  constructor(options: VisitOptions, known: ReadonlySet<string>) {
    this.#options = options;
    this.#known = known;
  }

  async run(): Promise<SessionRecord> {
    const { connection } = this.#options;
    let client: Pop3Client | undefined;
    try {
      client = await Pop3Client.connect({ ...connection, limitMs });
      await this.#converse(client);
    } catch (error) {
      this.#noteEnd(error);
    } finally {
      if (client !== undefined) this.#octets.push(client.pending);
      client?.destroy();
    }
    return {
      login: this.#login,
      received: this.#received,
      refused: this.#refused,
      cut: this.#cut,
      deletions: this.#deletions,
      reset: this.#reset,
      quit: this.#quit,
      isDeserted: false,
      isSilent: this.#isSilent,
      octets: Buffer.concat(this.#octets),
    };
  }

  #noteEnd(error: unknown): void {
    if (error instanceof ReplyMissed) this.#isSilent = true;
    else if (!isEndOfConnection(error)) throw error;
  }

  async #converse(client: Pop3Client): Promise<void> {
    const { random, user, password, onTheWay } = this.#options;
    for (const line of [`USER ${user}`, `PASS ${password}`]) {
      if ((await client.command(line)).startsWith('+OK')) continue;
      this.#login = 'refused';
      return;
    }
    this.#login = 'ok';
    const listing = await client.multiline('UIDL');
    if (!listing.status.startsWith('+OK')) return;
    const errands = this.#plan(listing.body.toString('latin1'));
    const style = random.weighted<Style>({ stepwise: 5, pairs: 2, 'all at once': 3 });
    if (style === 'all at once') return this.#allAtOnce(client, errands);
    const stop = random.between(0, errands.length);
    for (const [index, errand] of errands.entries()) {
      if (index === stop) onTheWay();
      if (style === 'pairs') await this.#pair(client, errand);
      else await this.#stepwise(client, errand);
    }
    await this.#leave(client);
  }

  #plan(listing: string): Errand[] {
    const { random } = this.#options;
    const errands: Errand[] = [];
    for (const [, number, uidl] of listing.matchAll(/^(\d+) (\S+)\r$/gm)) {
      if (uidl === undefined) continue;
      const isNew = !this.#known.has(uidl) || random.chance(0.1);
      const base = { number: Number(number), uidl, topLines: undefined };
      if (!isNew) {
        const deletion = random.chance(0.5) ? 'once it is there' : 'never';
        errands.push({ ...base, isFetched: false, deletion });
      } else if (random.chance(0.03)) {
        errands.push({ ...base, isFetched: false, deletion: 'unwanted' });
      } else if (!random.chance(0.06)) {
        errands.push({
          ...base,
          topLines: random.chance(0.2) ? random.pick([0, 1, 5, 1000]) : undefined,
          isFetched: random.chance(0.95),
          deletion: random.chance(0.6) ? 'once it is there' : 'never',
        });
      }
    }
    return errands;
  }

  async #stepwise(client: Pop3Client, errand: Errand): Promise<void> {
    const { uidl, number, topLines, isFetched, deletion } = errand;
    if (topLines !== undefined) {
      client.send(`TOP ${number} ${topLines}\r\n`);
      await this.#readMessage(client, uidl, topLines);
    }
    let isThere = this.#known.has(uidl);
    if (isFetched) {
      client.send(`RETR ${number}\r\n`);
      isThere = await this.#readMessage(client, uidl, undefined);
      // A careless client tells to delete what it was refused.
      if (!isThere && this.#options.random.chance(0.3)) {
        await this.#delete(client, errand, 'blind');
        return;
      }
    }
    if (deletion === 'unwanted') await this.#delete(client, errand, 'unwanted');
    else if (deletion !== 'never' && isThere) await this.#delete(client, errand, 'has it');
  }

  async #pair(client: Pop3Client, errand: Errand): Promise<void> {
    if (!errand.isFetched || errand.deletion === 'never') return this.#stepwise(client, errand);
    client.send(`RETR ${errand.number}\r\nDELE ${errand.number}\r\n`);
    const answer = this.#expectDeletion(errand.uidl, 'blind');
    await this.#readMessage(client, errand.uidl, undefined);
    answer(await this.#readLine(client));
  }

  async #allAtOnce(client: Pop3Client, errands: readonly Errand[]): Promise<void> {
    const lines: string[] = [];
    const readers: (() => Promise<unknown>)[] = [];
    for (const { number, uidl, topLines, isFetched, deletion } of errands) {
      if (topLines !== undefined) {
        lines.push(`TOP ${number} ${topLines}`);
        readers.push(() => this.#readMessage(client, uidl, topLines));
      }
      if (isFetched) {
        lines.push(`RETR ${number}`);
        readers.push(() => this.#readMessage(client, uidl, undefined));
      }
      const hasIt = this.#known.has(uidl);
      const mayDelete = deletion === 'unwanted' || isFetched || hasIt;
      if (deletion === 'never' || !mayDelete) continue;
      lines.push(`DELE ${number}`);
      const motive = deletion === 'unwanted' ? 'unwanted' : hasIt ? 'has it' : 'blind';
      const answer = this.#expectDeletion(uidl, motive);
      readers.push(async () => answer(await this.#readLine(client)));
    }
    client.send([...lines, 'QUIT', ''].join('\r\n'));
    this.#quit = 'sent';
    for (const read of readers) await read();
    this.#quit = (await this.#readLine(client)).startsWith('+OK') ? 'ok' : 'refused';
  }

  async #leave(client: Pop3Client): Promise<void> {
    const { random } = this.#options;
    if (random.chance(0.04)) {
      this.#reset = 'sent';
      client.send('RSET\r\n');
      if ((await this.#readLine(client)).startsWith('+OK')) this.#reset = 'ok';
    }
    if (random.chance(0.08)) return;
    this.#quit = 'sent';
    client.send('QUIT\r\n');
    this.#quit = (await this.#readLine(client)).startsWith('+OK') ? 'ok' : 'refused';
  }

  async #delete(client: Pop3Client, errand: Errand, motive: DeletionMotive): Promise<void> {
    const answer = this.#expectDeletion(errand.uidl, motive);
    client.send(`DELE ${errand.number}\r\n`);
    answer(await this.#readLine(client));
  }

  /** Noted when it is sent; the answer fills in later, or never. */
  #expectDeletion(uidl: string, motive: DeletionMotive): (line: string) => void {
    const index = this.#deletions.push({ uidl, motive, reply: 'none' }) - 1;
    return (line) => {
      const reply = line.startsWith('+OK') ? 'ok' : 'err';
      this.#deletions[index] = { uidl, motive, reply };
    };
  }

  /** True when all of it has come. */
  async #readMessage(
    client: Pop3Client,
    uidl: string,
    lines: number | undefined,
  ): Promise<boolean> {
    try {
      const status = await this.#readLine(client);
      if (!status.startsWith('+OK')) {
        this.#refused.push({ uidl, command: lines === undefined ? 'RETR' : 'TOP', status });
        return false;
      }
      const { raw, body } = await client.readContent();
      this.#octets.push(raw);
      this.#received.push({ uidl, status, body, lines });
      return true;
    } catch (error) {
      this.#cut.push(uidl);
      throw error;
    }
  }

  async #readLine(client: Pop3Client): Promise<string> {
    const line = await client.readLine();
    this.#octets.push(Buffer.from(`${line}\r\n`, 'latin1'));
    return line;
  }
}

/** Of the kinds that a broken connection has. Anything else is a bug of the test. */
function isEndOfConnection(error: unknown): boolean {
  if (error instanceof ConnectionEnded) return true;
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    ['ECONNRESET', 'EPIPE', 'ECONNREFUSED'].includes(code) ||
    error.message === 'connection closed before connect'
  );
}
