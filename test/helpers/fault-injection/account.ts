// Owns one account of the campaign, session after session: mail comes in, something breaks, the client
// calls, and the books are checked.
import { setTimeout as pause } from 'node:timers/promises';
import { type ConnectOptions, Pop3Client } from '../pop3-client.ts';
import type { HeldEntry } from './administrator.ts';
import type { Bed, Place } from './bed.ts';
import { Ledger, type Whereabouts } from './ledger.ts';
import type { LimitedDisk } from './limited-disk.ts';
import { MailReader } from './mail-reader.ts';
import { drawCuts, drawMailKind, drawPlan, type FaultKind, faultOfCut, type Plan } from './plan.ts';
import type { Random } from './random.ts';
import type { Cut } from './relay.ts';
import { makeMail, type SampleMail, sha256Of } from './sample-mail.ts';
import type { SessionRecord } from './session-record.ts';

export interface Resident {
  readonly user: string;
  readonly place: Place;
}

/** A defect that is planted, to see that it is found. */
export type Sabotage = 'broken messages get a terminator' | 'quarantine is damaged';

/** What a session showed that must not be. */
export class BooksDoNotBalance extends Error {
  constructor(user: string, session: number, plan: Plan, problems: readonly string[]) {
    const faults = [...plan.faults].join(', ') || 'nothing';
    const cuts = JSON.stringify({ upstream: plan.upstream, client: plan.client });
    super(`${user}, session ${session}, broken: ${faults} ${cuts}\n  ${problems.join('\n  ')}`);
    this.name = 'BooksDoNotBalance';
  }
}

/** What is on its way somewhere when a session ends has arrived by then. */
const settledWithinMs = 15_000;
const registeredWithinMs = 60_000;

/** The server has something else than was delivered: asking again does not help. */
class Unregistered extends Error {}

export class Account {
  readonly #bed: Bed;
  readonly #place: Place;
  readonly #user: string;
  readonly #random: Random;
  readonly #sabotage: Sabotage | undefined;
  readonly #ledger = new Ledger();
  readonly #reader = new MailReader();
  #mails = 0;
  #sessions = 0;

  constructor(bed: Bed, { user, place }: Resident, random: Random, sabotage?: Sabotage) {
    this.#bed = bed;
    this.#sabotage = sabotage;
    this.#place = place;
    this.#user = user;
    this.#random = random;
  }

  /** One session with its faults; gives the number of deliveries. Rejects with BooksDoNotBalance. */
  async session(forced: readonly FaultKind[]): Promise<number> {
    this.#sessions += 1;
    const bed = this.#bed;
    const user = this.#user;
    await bed.upstreamRelay.idle(user);
    const outline = drawPlan(this.#random, forced);
    const octets = await this.#refill(outline.bait);
    const drawn: Plan = { ...outline, ...drawCuts(this.#random, outline, octets) };
    const plan = this.#sabotaged(drawn, octets);
    await this.#administer(plan.faults);

    const unarm = await this.#arm(plan);
    let record: SessionRecord;
    let isDeserted = false;
    try {
      const { client } = plan;
      this.#place.clientRelay.arm(user, client, () => {
        const fault = client && faultOfCut('client', client.how);
        if (fault !== undefined) bed.fired(fault);
        isDeserted = client?.how === 'reset' || client?.how === 'close';
      });
      record = await this.#reader.visit({
        connection: this.#connection(client),
        user,
        password: bed.password,
        random: this.#random,
        onTheWay: () => this.#onTheWay(plan.faults),
      });
    } finally {
      await unarm();
    }
    if (this.#sabotage === 'quarantine is damaged') await bed.damageQuarantine();
    return this.#balance(plan, { ...record, isDeserted });
  }

  /** Everything that is held has to be readable, whoever else may have it. */
  async audit(): Promise<string[]> {
    const problems: string[] = [];
    for (const { id, state, sha256 } of await this.#entries()) {
      if (state !== 'held' && state !== 'released') continue;
      if ((await this.#bed.administrator.contentSha256(id)) === sha256) continue;
      problems.push(`${this.#user}: the content of ${id} is not what was held`);
    }
    return problems;
  }

  async #balance(plan: Plan, record: SessionRecord): Promise<number> {
    const entries = await this.#entries();
    const { forms, problems } = this.#ledger.take(record, entries);
    if (problems.length > 0) throw this.#imbalance(plan, problems);
    const endMs = performance.now() + (this.#sabotage === undefined ? settledWithinMs : 0);
    for (;;) {
      const missing = await this.#ledger.missing(record, await this.#whereabouts());
      if (missing.length === 0) break;
      if (performance.now() > endMs) throw this.#imbalance(plan, missing);
      await pause(50);
    }
    for (const form of forms) this.#bed.outcome(form);
    this.#bed.sessionEnded(record);
    return record.received.length + record.refused.length + record.cut.length;
  }

  #connection(cut: Cut | undefined): ConnectOptions {
    const { clientRelay, posternPort, ca } = this.#place;
    if (cut !== undefined) return { port: clientRelay.port };
    const tls = this.#random.pick(['none', 'none', 'implicit'] as const);
    return { port: posternPort(tls), tls, ca };
  }

  #sabotaged(plan: Plan, octets: number): Plan {
    if (this.#sabotage !== 'broken messages get a terminator') return plan;
    // Behind the login, where a stray line would be an error of another kind.
    const afterOctets = 200 + this.#random.between(0, octets);
    return { ...plan, client: { how: 'feign', afterOctets } };
  }

  #imbalance(plan: Plan, problems: readonly string[]): BooksDoNotBalance {
    return new BooksDoNotBalance(this.#user, this.#sessions, plan, problems);
  }

  /** Gives how much is in the maildrop then. */
  async #refill(bait: readonly SampleMail['kind'][]): Promise<number> {
    const random = this.#random;
    const kinds = this.#place.diet === 'clean' ? [] : [...bait];
    const stored = await this.#stored();
    const octets = octetsOf(stored);
    const isLow = stored.length < 3;
    const count = isLow ? random.between(2, 5) : 0;
    while (kinds.length < count) kinds.push(drawMailKind(random, this.#place.diet));
    if (kinds.length === 0) return octets;
    const mails = kinds.map((kind) => {
      this.#mails += 1;
      return makeMail(random, kind, `${this.#user}-m${this.#mails}`);
    });
    const fresh = mails.map((mail) => mail.octets);
    await this.#bed.dovecot.deliver(this.#user, fresh);
    await this.#register(mails);
    return octets + octetsOf(fresh);
  }

  /** Asks the server itself under which UIDL it has what has come, and that it is what was meant. */
  async #register(mails: readonly SampleMail[]): Promise<void> {
    const endMs = performance.now() + registeredWithinMs;
    for (;;) {
      try {
        return await this.#askForUidls(mails);
      } catch (error) {
        // The killing of its processes strikes this session too, and Dovecot starts no new ones for some
        // seconds when several have died.
        if (error instanceof Unregistered || performance.now() > endMs) throw error;
        await pause(100);
      }
    }
  }

  async #askForUidls(mails: readonly SampleMail[]): Promise<void> {
    const { dovecot, password } = this.#bed;
    const client = await Pop3Client.connect({ port: dovecot.pop3Port });
    await client.login(this.#user, password);
    const listing = (await client.multiline('UIDL')).body.toString('latin1');
    for (const [, number, uidl = ''] of listing.matchAll(/^(\d+) (\S+)\r$/gm)) {
      if (this.#ledger.knows(uidl)) continue;
      const { body } = await client.multiline(`RETR ${number}`);
      const mail = mails.find(({ sha256 }) => sha256 === sha256Of(body));
      if (mail === undefined) throw new Unregistered('the server changes what is put into it');
      this.#ledger.delivered(uidl, mail);
    }
    await client.command('QUIT');
  }

  async #administer(faults: ReadonlySet<FaultKind>): Promise<void> {
    for (const [fault, state] of [
      ['original released', 'released'],
      ['original discarded', 'discarded'],
    ] as const) {
      if (!faults.has(fault)) continue;
      const held = (await this.#entries()).filter((entry) => entry.state === 'held');
      if (held.length === 0) continue;
      const { id } = this.#random.pick(held);
      // Before it is done: it may be done although it fails.
      this.#ledger.marked(id, state);
      try {
        await this.#bed.administrator.mark(id, state);
        this.#bed.fired(fault);
      } catch (error) {
        this.#bed.note('administrator', error);
      }
    }
  }

  /** Resolves when everything is set to break; what it gives takes back what would outlast the session. */
  async #arm({ faults, plugins, upstream }: Plan): Promise<() => Promise<void>> {
    const bed = this.#bed;
    const user = this.#user;
    bed.plugins.arm(user, plugins, (fault) => bed.fired(fault));
    bed.upstreamRelay.arm(user, upstream, () => {
      const fault = upstream && faultOfCut('upstream', upstream.how);
      if (fault !== undefined) bed.fired(fault);
    });
    for (const [fault, how] of [
      ['clamd resets', 'reset'],
      ['clamd hangs', 'hang'],
      ['clamd garbles', 'garble'],
    ] as const) {
      if (faults.has(fault)) bed.scanners.spoil(how, () => bed.fired(fault));
    }
    if (faults.has('clamd killed')) bed.scanners.kill(() => bed.fired('clamd killed'));
    const freed = [
      faults.has('quarantine full') ? this.#fill('quarantine full', bed.quarantineDisk) : undefined,
      faults.has('spool full') ? this.#fill('spool full', bed.spoolDisk) : undefined,
    ];
    const free = await Promise.all(freed);
    return async () => {
      bed.plugins.arm(user, {}, () => {});
      bed.upstreamRelay.arm(user, undefined);
      this.#place.clientRelay.arm(user, undefined);
      await Promise.all(free.map((each) => each?.()));
    };
  }

  /** For a moment, since everybody else suffers too. Gives what waits for its end. */
  async #fill(fault: FaultKind, disk: LimitedDisk): Promise<() => Promise<void>> {
    await disk.fill();
    this.#bed.fired(fault);
    const freed = pause(this.#random.between(50, 500)).then(() => disk.free());
    freed.catch(() => {});
    return () => freed;
  }

  /** In the middle of the session, and not waited for. */
  #onTheWay(faults: ReadonlySet<FaultKind>): void {
    const bed = this.#bed;
    if (faults.has('configuration reloaded')) bed.reload(this.#random);
    if (faults.has('bad configuration refused')) bed.reloadBadly();
    if (faults.has('clamd reloaded')) bed.reloadScanner();
    if (faults.has('upstream processes killed') && bed.dovecot.killSessions() > 0) {
      bed.fired('upstream processes killed');
    }
  }

  async #whereabouts(): Promise<Whereabouts> {
    const { administrator } = this.#bed;
    return {
      maildrop: new Set((await this.#stored()).map(sha256Of)),
      entries: await this.#entries(),
      contentSha256: (id) => administrator.contentSha256(id),
    };
  }

  /** What lies in the maildrop. */
  async #stored(): Promise<Buffer[]> {
    for (;;) {
      try {
        return await this.#bed.dovecot.messages(this.#user);
      } catch (error) {
        // A file that was listed may have another name, or be gone, before it is read.
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      }
    }
  }

  #entries(): Promise<readonly HeldEntry[]> {
    return this.#bed.administrator.entriesOf(this.#user);
  }
}

function octetsOf(messages: readonly Buffer[]): number {
  return messages.reduce((sum, { length }) => sum + length, 0);
}
