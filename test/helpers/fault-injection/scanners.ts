// Owns the two clamd of the fault injection, each behind a relay. The first one is killed and comes
// back, the second one only loads its signatures anew.
import { type RunningClamd, startClamd } from '../clamd.ts';
import type { Random } from './random.ts';
import { type ScanFault, type ScannerRelay, startScannerRelay } from './scanner-relay.ts';

export interface Scanners extends AsyncDisposable {
  /** Of the relays. */
  readonly ports: readonly number[];
  /** Spoils the next scan at each of them, so that the other one is of no help. */
  spoil(fault: Exclude<ScanFault, 'kill'>, onFired: () => void): void;
  /** The first one is killed in the middle of its next scan, unless it is down already. */
  kill(onFired: () => void): void;
  reload(): Promise<void>;
}

export async function startScanners(random: Random): Promise<Scanners> {
  await using undo = new AsyncDisposableStack();
  let first: RunningClamd | undefined = await startClamd();
  let restarting: Promise<void> = Promise.resolve();
  let state: 'up' | 'doomed' | 'down' = 'up';
  undo.defer(async () => {
    await restarting.catch(() => {});
    await first?.stop();
  });
  const second = undo.use(await startClamd());

  const restart = async (killed: RunningClamd): Promise<void> => {
    await killed.stop();
    first = await startClamd();
    relays[0].target = first.socketPath;
    state = 'up';
  };
  const kill = (): void => {
    if (first === undefined || state === 'down') return;
    state = 'down';
    const killed = first;
    first = undefined;
    killed.kill();
    restarting = restart(killed);
    restarting.catch(() => {});
  };
  const front = (clamd: RunningClamd, number: number): Promise<ScannerRelay> =>
    startScannerRelay({ target: clamd.socketPath, random: random.fork(number), kill });
  const relays = [undo.use(await front(first, 1)), undo.use(await front(second, 2))] as const;

  const disposal = undo.move();
  return {
    ports: relays.map(({ port }) => port),
    spoil(fault, onFired) {
      for (const relay of relays) relay.spoil(fault, onFired);
    },
    kill(onFired) {
      if (state !== 'up') return;
      state = 'doomed';
      relays[0].spoil('kill', onFired);
    },
    reload: () => second.reload(),
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}
