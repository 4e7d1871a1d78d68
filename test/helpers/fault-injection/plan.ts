// Owns what is going to break in one session. It draws; it breaks nothing.
import type { PluginFault, PluginFaults } from './faulty-plugin.ts';
import type { Random } from './random.ts';
import type { Cut } from './relay.ts';
import type { MailKind } from './sample-mail.ts';

const pluginFaults: readonly PluginFault[] = [
  'inspect throws',
  'inspect hangs',
  'inspect says nonsense',
  'transform throws',
  'transform throws afterwards',
  'transform hangs',
  'transform forgets next',
  'transform does not await next',
  'transform calls next twice',
  'observe throws',
  'login throws',
  'verdict is late',
  'verdict is late and fails',
];

const upstreamCuts = {
  'upstream resets': 'reset',
  'upstream closes': 'close',
  'upstream stalls': 'stall',
} as const;
const clientCuts = {
  'client resets': 'reset',
  'client closes': 'close',
  'client stalls': 'stall',
} as const;

type OtherFault =
  | keyof typeof upstreamCuts
  | keyof typeof clientCuts
  | 'upstream processes killed'
  | 'clamd killed'
  | 'clamd reloaded'
  | 'clamd resets'
  | 'clamd hangs'
  | 'clamd garbles'
  | 'quarantine full'
  | 'spool full'
  | 'configuration reloaded'
  | 'bad configuration refused'
  | 'original released'
  | 'original discarded';

export type FaultKind = PluginFault | OtherFault;

/** How often each is drawn, beside each other. */
const weights: Readonly<Record<FaultKind, number>> = {
  ...(Object.fromEntries(pluginFaults.map((fault) => [fault, 2])) as Record<PluginFault, number>),
  // These two cost a quarter of a minute each.
  'verdict is late': 0.1,
  'verdict is late and fails': 0.1,
  'upstream resets': 5,
  'upstream closes': 5,
  'upstream stalls': 2,
  'upstream processes killed': 1,
  'client resets': 10,
  'client closes': 10,
  'client stalls': 3,
  // A new one takes its time to start.
  'clamd killed': 1.5,
  'clamd reloaded': 2,
  'clamd resets': 3,
  'clamd hangs': 1,
  'clamd garbles': 3,
  'quarantine full': 5,
  'spool full': 3,
  'configuration reloaded': 3,
  'bad configuration refused': 1,
  'original released': 6,
  'original discarded': 3,
};

export const faultKinds = Object.keys(weights) as readonly FaultKind[];

export interface Plan {
  readonly faults: ReadonlySet<FaultKind>;
  readonly plugins: PluginFaults;
  readonly upstream: Cut | undefined;
  readonly client: Cut | undefined;
  /** What has to be in the maildrop for the faults to have something to strike. */
  readonly bait: readonly MailKind[];
}

/** `forced` are in it in any case. `octets` is what the maildrop holds, so that cuts fall within. */
export function drawPlan(
  random: Random,
  forced: readonly FaultKind[],
): Omit<Plan, 'upstream' | 'client'> {
  const faults = new Set(forced);
  const count = random.pick([0, 0, 0, 1, 1, 1, 1, 2, 2, 3]);
  while (faults.size < Math.max(count, forced.length)) faults.add(random.weighted(weights));
  const plugins: Partial<Record<PluginFault, number>> = {};
  for (const fault of pluginFaults) {
    if (faults.has(fault)) plugins[fault] = fault.startsWith('verdict') ? 1 : random.between(1, 3);
  }
  const bait: MailKind[] = [];
  if (faults.has('quarantine full')) bait.push(random.pick(['hold', 'infected', 'strip', 'hide']));
  for (const fault of ['clamd killed', 'clamd resets', 'clamd hangs'] as const) {
    if (faults.has(fault)) bait.push('clean');
  }
  if (faults.has('clamd garbles')) bait.push('infected', 'infected');
  if (faults.has('spool full')) bait.push('large');
  if (faults.has('original released') || faults.has('original discarded')) bait.push('replace');
  return { faults, plugins, bait };
}

/** Where the connections of a session break that is to carry so many octets. */
export function drawCuts(
  random: Random,
  { faults }: Pick<Plan, 'faults'>,
  octets: number,
): Pick<Plan, 'upstream' | 'client'> {
  const cutAt = (): number =>
    random.chance(0.2) ? random.between(0, 400) : random.between(0, Math.round(octets * 1.1) + 400);
  const cutOf = (cuts: Readonly<Partial<Record<FaultKind, Cut['how']>>>): Cut | undefined => {
    for (const [fault, how] of Object.entries(cuts) as [FaultKind, Cut['how']][]) {
      if (faults.has(fault)) return { how, afterOctets: cutAt() };
    }
    return undefined;
  };
  return { upstream: cutOf(upstreamCuts), client: cutOf(clientCuts) };
}

/** The fault that a cut of this leg is. */
export function faultOfCut(leg: 'upstream' | 'client', how: Cut['how']): FaultKind | undefined {
  const cuts: Readonly<Record<string, string>> = leg === 'upstream' ? upstreamCuts : clientCuts;
  return Object.keys(cuts).find((fault) => cuts[fault] === how) as FaultKind | undefined;
}

/** What comes where everything is judged, and where nothing is. */
export type Diet = 'all sorts' | 'clean';

const diets: Readonly<Record<Diet, Partial<Record<MailKind, number>>>> = {
  'all sorts': {
    clean: 30,
    large: 4,
    tag: 8,
    infected: 14,
    infectedLarge: 2,
    strip: 10,
    hold: 8,
    replace: 8,
    hide: 4,
    unchecked: 6,
  },
  clean: { clean: 5, large: 1 },
};

export function drawMailKind(random: Random, diet: Diet): MailKind {
  return random.weighted(diets[diet] as Record<MailKind, number>);
}
