// Owns a look inside Postern while a scenario runs: V8's CPU profile, as the functions that cost most.
// Run: npm run bench:profile -- SCENARIO [--peer postern-default] [--top 40] [--keep FOLDER]
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '../test/helpers/process.ts';
import { Bench } from './harness/bench.ts';
import { type CpuProfile, renderProfile, summariseProfiles } from './harness/cpu-profile.ts';
import { pick } from './harness/options.ts';
import { renderText } from './harness/table.ts';
import type { Peer } from './peers/peer.ts';
import { checkout, posternPeers } from './peers/postern.ts';
import { allScenarios } from './scenarios/all-scenarios.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: 'string', default: 'postern' },
    rounds: { type: 'string', default: '5' },
    top: { type: 'string', default: '40' },
    keep: { type: 'string' },
  },
});

await using temporary = await temporaryFolder('bench-profile');
const folder = values.keep === undefined ? temporary.path : resolve(values.keep);
await mkdir(folder, { recursive: true });

let readyUs = Number.POSITIVE_INFINITY;

/** The same peer; the time at which its first process was ready is remembered. */
function watched(peer: Peer): Peer {
  return {
    ...peer,
    async start(options) {
      const running = await peer.start(options);
      // V8 and hrtime read the same monotonic clock.
      readyUs = Math.min(readyUs, Number(process.hrtime.bigint() / 1000n));
      return running;
    },
  };
}

const scenarios = pick('scenario', allScenarios, positionals);
const [scenario] = scenarios;
if (scenario === undefined || scenarios.length > 1) throw new RangeError('one scenario is needed');
await using bench = new Bench({
  size: 'quick',
  peers: pick('peer', posternPeers, [values.peer]).map(watched),
  upstream: 'source',
  nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=500'],
  rounds: Number(values.rounds),
});
for (const table of await scenario.run(bench)) console.log(renderText(table));

const profiles = readdirSync(folder)
  .filter((name) => name.endsWith('.cpuprofile'))
  .map((name): CpuProfile => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const summary = summariseProfiles(profiles, { root: checkout, fromUs: readyUs });
console.log(renderProfile(summary, Number(values.top)));
