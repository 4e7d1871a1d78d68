import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { Timer } from '../../src/base/clock.ts';
import type { LimitsConfig } from '../../src/config/schema.ts';
import { QuietWatch } from '../../src/proxy/quiet-watch.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

/** As Node's sockets: a timeout fires once, and is set anew by `setTimeout` or by octets. */
class FakeSocket extends EventEmitter {
  writableLength = 0;
  readonly #clock: FakeClock;
  #limitMs = 0;
  #timer: Timer | undefined;

  constructor(clock: FakeClock) {
    super();
    this.#clock = clock;
  }

  setTimeout(limitMs: number): void {
    this.#limitMs = limitMs;
    this.octets();
  }

  octets(): void {
    this.#timer?.cancel();
    if (this.#limitMs === 0) return;
    this.#timer = this.#clock.after(this.#limitMs, () => this.emit('timeout'));
  }
}

function watched(clientIdleMs: number, deliveryStallMs: number) {
  const clock = new FakeClock();
  const socket = new FakeSocket(clock);
  const events: string[] = [];
  const watch = new QuietWatch(
    socket as unknown as Socket,
    clock,
    { clientIdleMs, deliveryStallMs } as LimitsConfig,
    { idle: () => events.push('idle'), stalled: () => events.push('stalled') },
  );
  return { clock, socket, events, watch };
}

for (const [idleMs, stallMs] of [
  [600, 100],
  [600, 300],
  [600, 400],
  [600, 600],
  [100, 600],
] as const) {
  test(`a client that is waited for is idle after ${idleMs} ms where it stalls after ${stallMs}`, async () => {
    const { clock, socket, events, watch } = watched(idleMs, stallMs);
    for (let command = 0; command < 3; command += 1) {
      watch.waiting();
      await clock.advance(idleMs - 1);
      assert.deepEqual(events, []);
      socket.octets();
      watch.working();
      socket.octets();
    }
    watch.waiting();
    await clock.advance(idleMs);
    assert.deepEqual(events, ['idle']);
  });

  test(`a client that takes nothing stalls after ${stallMs} ms where it is idle after ${idleMs}`, async () => {
    const { clock, socket, events, watch } = watched(idleMs, stallMs);
    watch.waiting();
    await clock.advance(idleMs - 1);
    socket.octets();
    watch.working();
    await clock.advance(10 * stallMs);
    assert.deepEqual(events, [], 'Postern itself works');
    socket.writableLength = 1;
    socket.octets();
    await clock.advance(stallMs - 1);
    assert.deepEqual(events, []);
    await clock.advance(1);
    assert.deepEqual(events, ['stalled']);
  });
}
