// Owns everything that the fault injection runs: mail server, scanners, disks, the proxy between two
// relays, and the counts of what happened.
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningDovecot, startDovecot } from '../dovecot.ts';
import { type PosternInProcess, startPostern } from '../postern.ts';
import { makeTestCertificates } from '../test-certificates.ts';
import { Administrator } from './administrator.ts';
import { configurationOf, routeTo, type Variant } from './configuration.ts';
import { FaultyPlugins } from './faulty-plugin.ts';
import { type LimitedDisk, startLimitedDisk } from './limited-disk.ts';
import { type Diet, type FaultKind, faultKinds } from './plan.ts';
import type { Random } from './random.ts';
import { type Relay, startRelay } from './relay.ts';
import { type Scanners, startScanners } from './scanners.ts';
import type { SessionRecord } from './session-record.ts';
import { Tally } from './tally.ts';

/** A proxy, and how its clients reach it. */
export interface Place {
  readonly diet: Diet;
  /** Of the proxy itself, with implicit TLS or without. */
  posternPort(tls: 'none' | 'implicit'): number;
  /** PEM of the authority that the proxy's certificate is of. */
  readonly ca: string;
  /** Between the client and the proxy, without TLS. */
  readonly clientRelay: Relay;
}

export interface Bed extends AsyncDisposable {
  /** Everybody, and where they live. */
  readonly residents: readonly { readonly user: string; readonly place: Place }[];
  readonly password: string;
  readonly dovecot: RunningDovecot;
  /** Between the proxy and the mail server. */
  readonly upstreamRelay: Relay;
  readonly scanners: Scanners;
  readonly plugins: FaultyPlugins;
  readonly quarantineDisk: LimitedDisk;
  readonly spoolDisk: LimitedDisk;
  readonly administrator: Administrator;
  readonly tally: Tally;
  fired(fault: FaultKind): void;
  outcome(kind: string): void;
  sessionEnded(record: SessionRecord): void;
  note(what: string, error: unknown): void;
  /** Not waited for, like the two below. */
  reload(random: Random): void;
  reloadBadly(): void;
  reloadScanner(): void;
  /** What went wrong with those, once all of them are over. */
  reloadProblems(): Promise<readonly string[]>;
  /** Behind everybody's back one octet of each original becomes another. */
  damageQuarantine(): Promise<void>;
  /** Counts the codes with which the proxy says why it refused something. */
  countReasons(): void;
}

/** What has to come of a campaign, or it has shown nothing. */
const outcomes = [
  'original',
  'tagged',
  'notice',
  'stripped',
  'released',
  'digest',
  'top',
  'refused',
  'cut',
  'login refused',
  'connection lost before login',
  'DELE accepted',
  'DELE refused',
  'update confirmed',
  'update refused',
  'update unanswered',
];

const reasons = [
  'MESSAGE_DEFERRED',
  'MESSAGE_HIDDEN',
  'PLUGIN_FAILED',
  'PLUGIN_FORGOT_NEXT',
  'PLUGIN_NEXT_NOT_AWAITED',
  'PLUGIN_TIMEOUT',
  'QUARANTINE_FAILED',
  'SPOOL_FAILED',
  'UPSTREAM_LOST',
  'UPSTREAM_TIMEOUT',
  'CLIENT_GONE',
];

const stallMs = 4000;

export interface BedOptions {
  readonly random: Random;
  /** Whose mail is judged. */
  readonly accounts: number;
  /** Whose mail goes through a proxy without plugins. */
  readonly plainAccounts: number;
  /** The more of them, the more has to fit into the quarantine. */
  readonly deliveries: number;
}

export async function startBed(options: BedOptions): Promise<Bed> {
  const { random, accounts, plainAccounts } = options;
  const quarantineMb = 12 + Math.ceil(options.deliveries / 400);
  await using undo = new AsyncDisposableStack();
  const password = 'secret';
  const count = accounts + plainAccounts;
  const users = Array.from({ length: count }, (_, index) => `account${index}`);
  const dovecot = undo.use(
    await startDovecot({
      users: users.map((name) => ({ name, password })),
      extraConfig: 'service pop3-login {\n  service_count = 0\n}\n',
    }),
  );
  const upstreamRelay = undo.use(
    await startRelay({ toPort: dovecot.pop3Port, suffering: 'client', stallMs }),
  );
  const scanners = undo.use(await startScanners(random.fork(1_000_000)));
  const plugins = undo.use(new FaultyPlugins());
  const quarantineDisk = undo.use(
    await startLimitedDisk({ purpose: 'quarantine', size: `${quarantineMb}m`, victim: 'sealed' }),
  );
  const spoolDisk = undo.use(
    await startLimitedDisk({ purpose: 'spool', size: '8m', victim: 'spool' }),
  );
  const certificates = makeTestCertificates();
  const variant: Variant = {
    port: upstreamRelay.port,
    clamdPorts: scanners.ports,
    quarantine: quarantineDisk.path,
    spool: join(spoolDisk.path, 'spool'),
    number: 0,
    strategy: 'spread',
    onVirus: 'replace',
    headerBudget: 512,
  };
  const postern = undo.use(
    await startPostern({
      upstream: { port: upstreamRelay.port, tls: 'none' },
      certificates,
      files: plugins.files,
      ...configurationOf(variant),
    }),
  );
  const plain = undo.use(
    await startPostern({
      upstream: { port: upstreamRelay.port, tls: 'none' },
      certificates,
      settings: { routes: [routeTo(upstreamRelay.port)] },
    }),
  );
  const placeOf = async (diet: Diet, proxy: PosternInProcess): Promise<Place> => {
    const toPort = proxy.port('none');
    const relay = undo.use(await startRelay({ toPort, suffering: 'server', stallMs }));
    const ca = certificates.caPem;
    return { diet, posternPort: (tls) => proxy.port(tls), ca, clientRelay: relay };
  };
  const judged = await placeOf('all sorts', postern);
  const unjudged = await placeOf('clean', plain);
  const residents = users.map((user, index) => ({
    user,
    place: index < accounts ? judged : unjudged,
  }));
  const keyFile = join(postern.folder, 'state', 'quarantine.key');
  const administrator = undo.use(await Administrator.open(quarantineDisk.path, keyFile));
  const tally = new Tally({ fault: faultKinds, outcome: outcomes, reason: reasons });
  const outcome = (kind: string): void => tally.count('outcome', kind);
  const fired = (fault: FaultKind): void => tally.count('fault', fault);
  const note = (what: string, error: unknown): void =>
    tally.count('note', `${what}: ${error instanceof Error ? error.message : String(error)}`);
  const counted: number[] = [];
  let reloads = 0;
  const reloadProblems: string[] = [];
  let pending: Promise<void> = Promise.resolve();
  undo.defer(() => pending);
  const inTurn = (fault: FaultKind, work: () => Promise<void>): void => {
    pending = pending.then(work).then(
      () => fired(fault),
      (error: unknown) => void reloadProblems.push(`${fault}: ${String(error)}`),
    );
  };
  const disposal = undo.move();
  return {
    residents,
    password,
    dovecot,
    upstreamRelay,
    scanners,
    plugins,
    quarantineDisk,
    spoolDisk,
    administrator,
    tally,
    fired,
    outcome,
    note,
    sessionEnded: (record) => countOutcomes(record, outcome),
    reload(draw) {
      reloads += 1;
      const next: Variant = {
        ...variant,
        number: reloads,
        strategy: draw.pick(['spread', 'first']),
        onVirus: draw.pick(['replace', 'hold']),
        headerBudget: draw.pick([512, 512, 0]),
      };
      inTurn('configuration reloaded', () => postern.reload(configurationOf(next)));
    },
    reloadBadly() {
      inTurn('bad configuration refused', () => reloadBadly(postern, variant));
    },
    reloadScanner() {
      inTurn('clamd reloaded', () => scanners.reload());
    },
    async reloadProblems() {
      await pending;
      return reloadProblems;
    },
    damageQuarantine: () => damageFiles(join(quarantineDisk.path, 'sealed')),
    countReasons() {
      for (const [index, { logLines }] of [postern, plain].entries()) {
        for (const { fields } of logLines.slice(counted[index])) {
          const error = fields['err'];
          if (error instanceof Error && 'code' in error) tally.count('reason', String(error.code));
        }
        counted[index] = logLines.length;
      }
    },
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}

async function reloadBadly(postern: PosternInProcess, variant: Variant): Promise<void> {
  const { plugins, settings } = configurationOf(variant);
  const isRefused = await postern
    .reload({ plugins: [...plugins, { use: './nowhere.mjs' }], settings })
    .then(
      () => false,
      () => true,
    );
  if (!isRefused) throw new Error('a configuration with a plugin that is not there was taken up');
}

async function damageFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = await open(join(folder, name), 'r+').catch(() => undefined);
    await file?.write(Buffer.from('?'), 0, 1, 60);
    await file?.close();
  }
}

function countOutcomes(record: SessionRecord, outcome: (kind: string) => void): void {
  const { login, refused, cut, deletions, quit } = record;
  if (login === 'refused') outcome('login refused');
  if (login === 'lost') outcome('connection lost before login');
  for (const _ of refused) outcome('refused');
  for (const _ of cut) outcome('cut');
  for (const { reply } of deletions) {
    if (reply !== 'none') outcome(reply === 'ok' ? 'DELE accepted' : 'DELE refused');
  }
  if (quit === 'ok') outcome('update confirmed');
  if (quit === 'refused') outcome('update refused');
  if (quit === 'sent') outcome('update unanswered');
}
