// Owns what a CPU profile of V8 says: where the time went, function by function. Pure.

export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  /** Node on top of the stack at each sample. */
  readonly samples: readonly number[];
  /** Microseconds since the sample before; the first since `startTime`. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
}

export interface Spent {
  readonly name: string;
  readonly ms: number;
  /** Of all time in which the processor was used. */
  readonly share: number;
}

export interface ProfileSummary {
  readonly busyMs: number;
  readonly idleMs: number;
  /** Self time of every function, native ones and those of Node too. */
  readonly functions: readonly Spent[];
  /** The same charged to the function outside Node that called for it, and to its part of the program. */
  readonly callers: readonly Spent[];
  readonly parts: readonly Spent[];
}

/** Samples before `fromUs`, on the clock of the profile, do not count: they belong to the start. */
export function summariseProfiles(
  profiles: readonly CpuProfile[],
  { root, fromUs }: { readonly root: string; readonly fromUs: number },
): ProfileSummary {
  const functions = new Map<string, number>();
  const callers = new Map<string, number>();
  const parts = new Map<string, number>();
  const add = (times: Map<string, number>, name: string, ms: number): void => {
    times.set(name, (times.get(name) ?? 0) + ms);
  };
  let [busyMs, idleMs] = [0, 0];
  for (const profile of profiles) {
    const places = placesOf(profile.nodes, root);
    let timeUs = profile.startTime;
    profile.samples.forEach((id, index) => {
      timeUs += profile.timeDeltas[index] ?? 0;
      // A sample stands for the time until the next one.
      const ms = (profile.timeDeltas[index + 1] ?? 0) / 1000;
      const place = places.get(id);
      if (timeUs < fromUs || place === undefined) return;
      if (place.name === '(idle)') {
        idleMs += ms;
        return;
      }
      busyMs += ms;
      add(functions, place.name, ms);
      add(callers, place.caller, ms);
      add(parts, place.part, ms);
    });
  }
  return {
    busyMs,
    idleMs,
    functions: ranked(functions, busyMs),
    callers: ranked(callers, busyMs),
    parts: ranked(parts, busyMs),
  };
}

interface Place {
  readonly name: string;
  readonly caller: string;
  readonly part: string;
}

function placesOf(nodes: readonly ProfileNode[], root: string): Map<number, Place> {
  const places = new Map<number, Place>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const visit = (node: ProfileNode, above: Place | undefined): void => {
    const place = placeOf(node, root, above);
    places.set(node.id, place);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child !== undefined) visit(child, place);
    }
  };
  const [first] = nodes;
  if (first !== undefined) visit(first, undefined);
  return places;
}

function placeOf({ callFrame }: ProfileNode, root: string, above: Place | undefined): Place {
  const { functionName, url, lineNumber } = callFrame;
  const bare = functionName === '' ? '(anonymous)' : functionName;
  const file = url.replace(`file://${root}/`, '');
  const name = url === '' ? bare : `${bare} ${file}:${lineNumber + 1}`;
  if (url !== '' && !url.startsWith('node:')) return { name, caller: name, part: partOf(file) };
  // V8's own entries, such as the garbage collector, are nobody's doing.
  const isNobody = bare.startsWith('(') && url === '' && bare !== '(anonymous)';
  if (above === undefined || isNobody) return { name, caller: name, part: bare };
  if (above.part === '(root)') return { name, caller: name, part: 'node' };
  return { name, caller: above.caller, part: above.part };
}

/** `src/proxy`, `plugins/clamav`, or the name of a package. */
function partOf(file: string): string {
  const packages = file.lastIndexOf('node_modules/');
  if (packages < 0) return file.split('/').slice(0, 2).join('/');
  const [scope = '', name = ''] = file.slice(packages + 'node_modules/'.length).split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

function ranked(times: ReadonlyMap<string, number>, busyMs: number): Spent[] {
  return [...times]
    .map(([name, ms]) => ({ name, ms, share: busyMs === 0 ? 0 : ms / busyMs }))
    .sort((a, b) => b.ms - a.ms);
}

export function renderProfile(summary: ProfileSummary, top: number): string {
  const line = ({ name, ms, share }: Spent): string =>
    `${(share * 100).toFixed(1).padStart(6)} %  ${ms.toFixed(0).padStart(7)} ms  ${name}`;
  return [
    `${summary.busyMs.toFixed(0)} ms busy, ${summary.idleMs.toFixed(0)} ms idle`,
    '',
    'time by part, with what it calls in Node',
    ...summary.parts.slice(0, top).map(line),
    '',
    'time by function, with what it calls in Node',
    ...summary.callers.slice(0, top).map(line),
    '',
    'self time by function',
    ...summary.functions.slice(0, top).map(line),
    '',
  ].join('\n');
}
