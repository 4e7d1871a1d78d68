import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { MemoryBudget } from '../../src/pipeline/memory-budget.ts';
import { MultilineEncoder } from '../../src/pop3/multiline.ts';
import { ClientOutput } from '../../src/proxy/client-output.ts';
import { RelayedMessage, type RelayRequest } from '../../src/proxy/relayed-message.ts';
import type { UpstreamClient } from '../../src/upstream/client.ts';
import { WireFraming, type WireSink } from '../../src/upstream/content-framing.ts';
import { lost } from '../helpers/pipeline.ts';
import { RecordingSocket } from '../helpers/recording-socket.ts';
import { cut } from '../message/chunking.ts';

const status = Buffer.from('+OK\r\n');
const letter = 'Subject: x\r\n\r\none\r\n.two\r\n..\r\nthree\r\n';

/** Gives octets when told to, and notices when it is asked to wait. */
class Source {
  isPaused = false;
  readonly #budget = new MemoryBudget(1_000_000);
  readonly #relayed = Promise.withResolvers<void>();
  #framing: WireFraming | undefined;

  get budget(): MemoryBudget {
    return this.#budget;
  }

  message(request: Partial<RelayRequest> = {}): RelayedMessage {
    const upstream = {
      relay: (_number: number, sink: WireSink) => {
        this.#framing = new WireFraming(sink);
        return this.#relayed.promise;
      },
    };
    return new RelayedMessage(upstream as unknown as UpstreamClient, {
      upstreamNumber: 1,
      bodyLines: undefined,
      maxOctets: 1_000_000,
      ahead: undefined,
      ...request,
    });
  }

  early(maxOctets: number): RelayedMessage {
    return this.message({ ahead: { maxOctets, budget: this.#budget } });
  }

  /** As the connection does: what a sink throws loses it. */
  give(wire: Buffer | string): void {
    const framing = this.#framing;
    assert.ok(framing !== undefined);
    assert.equal(this.isPaused, false, 'octets although paused');
    try {
      framing.push(Buffer.from(wire));
    } catch (error) {
      this.#relayed.reject(error);
      return;
    }
    if (framing.isEnded) this.#relayed.resolve();
    else if (!framing.wantsMore) {
      this.isPaused = true;
      framing.sink.onDrain(() => {
        this.isPaused = false;
      });
    }
  }

  lose(): void {
    this.#relayed.reject(lost());
  }
}

function client() {
  const socket = new RecordingSocket({ highWaterMark: 64 });
  socket.on('error', () => {});
  return { socket, output: new ClientOutput(socket.asSocket) };
}

function onWire(content: string): Buffer {
  const encoder = new MultilineEncoder();
  return Buffer.concat([...encoder.encode(Buffer.from(content)), encoder.end()]);
}

test('octets leave as they came, however they are cut and whenever they are wanted', async () => {
  const wire = onWire(letter);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      fc.nat(60),
      fc.boolean(),
      async (lengths, wantedAfter, isEarly) => {
        const source = new Source();
        const message = isEarly ? source.early(1000) : source.message();
        const { socket, output } = client();
        let sending: Promise<number> | undefined;
        const send = async (): Promise<number> => {
          if (!message.hasBegun) await message.begin();
          return message.send(output, status);
        };
        let given = 0;
        for (const piece of cut(wire, lengths)) {
          if (given >= wantedAfter || (!isEarly && given > 0)) sending ??= send();
          await turn();
          source.give(piece);
          given += piece.length;
        }
        assert.equal(await (sending ?? send()), letter.length);
        assert.deepEqual(socket.written, Buffer.concat([status, wire]));
        await message[Symbol.asyncDispose]();
        assert.equal(source.budget.usedBytes, 0);
        assert.equal(source.isPaused, false);
      },
    ),
  );
});

test('nobody is told anything before the message is sent, and then a loss costs the terminator', async () => {
  const source = new Source();
  const message = source.message();
  const { socket, output } = client();
  source.give('Subject: x\r\n');
  assert.ok(source.isPaused);
  assert.equal(socket.written.length, 0);
  const sending = message.send(output, status);
  assert.equal(source.isPaused, false);
  source.give('\r\nbody');
  source.lose();
  await assert.rejects(sending, { code: 'UPSTREAM_LOST' });
  assert.equal(socket.written.toString(), '+OK\r\nSubject: x\r\n\r\nbody');
});

test('a message that fails before its first octet rejects whoever waits, and nobody else', async () => {
  for (const isWaited of [true, false]) {
    const source = new Source();
    const message = source.early(1000);
    const begun = isWaited ? assert.rejects(message.begin(), { code: 'UPSTREAM_LOST' }) : undefined;
    source.lose();
    await message.arrived;
    await begun;
    assert.equal(message.failure?.code, 'UPSTREAM_LOST');
  }
});

test('a client that takes nothing makes the upstream wait, and one that goes does not keep it', async () => {
  const source = new Source();
  const message = source.message();
  const { socket, output } = client();
  source.give('a\r\n');
  const sending = message.send(output, status);
  socket.stall();
  source.give('x'.repeat(100));
  assert.ok(source.isPaused);
  socket.release();
  await turn();
  assert.equal(source.isPaused, false);
  socket.destroy();
  await turn();
  source.give('more');
  await assert.rejects(sending, { code: 'CLIENT_GONE' });
});

test('what is early and larger than listed is dropped, its end is still found, and no budget is kept', async () => {
  const source = new Source();
  const message = source.early(20);
  source.give('0123456789');
  assert.equal(source.budget.usedBytes, 10);
  source.give('0123456789x');
  assert.equal(source.budget.usedBytes, 0);
  assert.equal(message.failure?.code, 'MESSAGE_NOT_HELD');
  source.give('y'.repeat(1000));
  assert.equal(source.isPaused, false);
  source.give('\r\n.\r\n');
  await message.arrived;
  assert.equal(message.failure?.code, 'MESSAGE_NOT_HELD');
  await assert.rejects(message.send(client().output, status), { code: 'MESSAGE_NOT_HELD' });
});

test('what is early and finds no room in memory is dropped as well', async () => {
  const source = new Source();
  const message = source.early(1000);
  source.budget.take(1_000_000);
  source.give('a\r\n.\r\n');
  await message.arrived;
  assert.equal(message.failure?.code, 'MESSAGE_NOT_HELD');
  assert.equal(source.budget.usedBytes, 1_000_000);
});

test('what is wanted waits for its client, be it larger than listed or memory short', async () => {
  const source = new Source();
  const message = source.early(5);
  source.budget.take(1_000_000);
  const { socket, output } = client();
  const begun = message.begin();
  source.give('0123456789');
  assert.ok(source.isPaused);
  await begun;
  const sending = message.send(output, undefined);
  assert.equal(source.isPaused, false);
  source.give('\r\n.\r\n');
  assert.equal(await sending, 12);
  assert.equal(socket.written.toString(), '0123456789\r\n.\r\n');
  assert.equal(source.budget.usedBytes, 1_000_000);
});

test('no message goes on for ever, wanted or given up', async () => {
  for (const isGivenUp of [false, true]) {
    const source = new Source();
    const message = source.message({ maxOctets: 100 });
    if (isGivenUp) await message[Symbol.asyncDispose]();
    const sending = isGivenUp
      ? undefined
      : message.begin().then(() => message.send(client().output, status));
    source.give('x'.repeat(60));
    await turn();
    source.give('x'.repeat(60));
    await message.arrived;
    assert.equal(message.failure?.code, 'MESSAGE_TOO_LARGE');
    if (sending !== undefined) await assert.rejects(sending, { code: 'MESSAGE_TOO_LARGE' });
  }
});

test('a message that is done with does not let a connection go on that waits for another', async () => {
  const source = new Source();
  const message = source.message();
  source.give('a\r\n');
  const sending = message.send(client().output, status);
  source.give('.\r\n');
  await sending;
  source.isPaused = true;
  await message[Symbol.asyncDispose]();
  assert.equal(source.isPaused, true);
});

test('an early message of which a part waits gives its memory back when it is given up', async () => {
  const source = new Source();
  const message = source.early(1000);
  source.give('Subject: x\r\n');
  assert.equal(source.budget.usedBytes, 12);
  await message[Symbol.asyncDispose]();
  await message[Symbol.asyncDispose]();
  assert.equal(source.budget.usedBytes, 0);
  source.give('more\r\n.\r\n');
  await message.arrived;
  assert.equal(source.budget.usedBytes, 0);
});
