// Owns when octets that have passed through are given back to the system. They lie outside the heap, where
// the collector sees only the small objects that name them: those of a large message would wait for
// megabytes of such objects.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const collectEveryOctets = 4 * 1024 * 1024;

type Collect = (options: { readonly type: 'minor' }) => void;

let collect: Collect | undefined;
let passedOctets = 0;

/** To be called for octets that somebody has been given, wherever they go. */
export function countPassing(octets: number): void {
  passedOctets += octets;
  if (passedOctets < collectEveryOctets) return;
  passedOctets = 0;
  collect ??= findCollector();
  collect({ type: 'minor' });
}

function findCollector(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}
