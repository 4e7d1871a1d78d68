import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CpuProfile, summariseProfiles } from '../../bench/harness/cpu-profile.ts';

const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 9 });
const own = (file: string): string => `file:///checkout/${file}`;

// (root) -> serve -> write (node:net) -> writev; (root) -> (garbage collector), (idle), tick (node:)
const profile: CpuProfile = {
  startTime: 1_000_000,
  nodes: [
    { id: 1, callFrame: frame('(root)', ''), children: [2, 5, 6, 7] },
    { id: 2, callFrame: frame('serve', own('src/proxy/pump.ts')), children: [3] },
    { id: 3, callFrame: frame('write', 'node:net'), children: [4] },
    { id: 4, callFrame: frame('writev', '') },
    { id: 5, callFrame: frame('(garbage collector)', '') },
    { id: 6, callFrame: frame('(idle)', '') },
    { id: 7, callFrame: frame('tick', 'node:timers') },
  ],
  samples: [2, 4, 5, 6, 7, 2],
  timeDeltas: [0, 1000, 2000, 4000, 8000, 16_000],
};
const all = { root: '/checkout', fromUs: 0 };

function times(spent: readonly { readonly name: string; readonly ms: number }[]) {
  return Object.fromEntries(spent.map(({ name, ms }) => [name, ms]));
}

test('a sample counts for the time until the next one, idleness apart', () => {
  const { busyMs, idleMs, functions } = summariseProfiles([profile], all);
  assert.equal(busyMs, 1 + 2 + 4 + 16);
  assert.equal(idleMs, 8);
  assert.deepEqual(times(functions), {
    'serve src/proxy/pump.ts:10': 1,
    writev: 2,
    '(garbage collector)': 4,
    'tick node:timers:10': 16,
  });
});

test('what runs inside Node is charged to the function and the part that called it', () => {
  const { callers, parts } = summariseProfiles([profile], all);
  assert.deepEqual(times(callers), {
    'serve src/proxy/pump.ts:10': 3,
    '(garbage collector)': 4,
    'tick node:timers:10': 16,
  });
  assert.deepEqual(times(parts), { 'src/proxy': 3, '(garbage collector)': 4, node: 16 });
});

test('packages are parts by their name', () => {
  const of = (file: string): readonly string[] => {
    const nodes = [
      { id: 1, callFrame: frame('(root)', ''), children: [2] },
      { id: 2, callFrame: frame('f', own(file)) },
    ];
    const one: CpuProfile = { startTime: 0, nodes, samples: [2, 2], timeDeltas: [0, 1000] };
    return summariseProfiles([one], all).parts.map(({ name }) => name);
  };
  assert.deepEqual(of('node_modules/pino/lib/tools.js'), ['pino']);
  assert.deepEqual(of('node_modules/@a/b/index.js'), ['@a/b']);
  assert.deepEqual(of('plugins/clamav/index.ts'), ['plugins/clamav']);
});

test('samples before the given time do not count', () => {
  const { busyMs, idleMs } = summariseProfiles([profile], { ...all, fromUs: 1_003_000 });
  assert.equal(busyMs, 4 + 16);
  assert.equal(idleMs, 8);
});

test('several processes add up', () => {
  assert.equal(summariseProfiles([profile, profile], all).busyMs, 46);
  assert.deepEqual(summariseProfiles([], all).functions, []);
});
