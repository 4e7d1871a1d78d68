import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { Channel, type Port } from '../../../src/app/workers/channel.ts';

interface Asking {
  readonly questions: { readonly double: readonly [number, number] };
  readonly news: { readonly word: string };
}
interface Silent {
  readonly questions: Readonly<Record<never, never>>;
  readonly news: Readonly<Record<never, never>>;
}

/** Two ends; what goes over them is JSON, as between processes. */
function connect(): { readonly ends: readonly [Port, Port]; close(): void; noise(): void } {
  const [left, right] = [new EventEmitter(), new EventEmitter()];
  const port = (own: EventEmitter, other: EventEmitter): Port => ({
    send: (message) => void other.emit('message', JSON.parse(JSON.stringify(message))),
    onMessage: (callback) => void own.on('message', callback),
    onClose: (callback) => void own.on('close', callback),
  });
  return {
    ends: [port(left, right), port(right, left)],
    close() {
      left.emit('close');
      right.emit('close');
    },
    noise() {
      for (const message of [null, 'x', {}, { cmd: 'NODE_CLUSTER' }])
        right.emit('message', message);
    },
  };
}

test('questions are answered, failures are told, news arrive, and others may use the line', async () => {
  const { ends, noise } = connect();
  const words: string[] = [];
  const asking = new Channel<Asking, Silent>(ends[0], { answers: {}, news: {} });
  new Channel<Silent, Asking>(ends[1], {
    answers: {
      double(number) {
        if (number < 0) throw new Error('too small');
        return number * 2;
      },
    },
    news: { word: (word) => void words.push(word) },
  });
  noise();
  assert.deepEqual(await Promise.all([asking.ask('double', 2), asking.ask('double', 3)]), [4, 6]);
  await assert.rejects(asking.ask('double', -1), /too small/);
  asking.tell('word', 'hello');
  assert.deepEqual(words, ['hello']);
});

test('whoever waits for an answer is told that the other side is gone', async () => {
  const { ends, close } = connect();
  const asking = new Channel<Asking, Silent>(ends[0], { answers: {}, news: {} });
  const waiting = asking.ask('double', 1);
  close();
  await assert.rejects(waiting, /has ended/);
  await assert.rejects(asking.ask('double', 1), /has ended/);
  asking.tell('word', 'to nobody');
});
