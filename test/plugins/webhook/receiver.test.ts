import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Receiver, type ReceiverOptions, signatureOf } from '../../../plugins/webhook/receiver.ts';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { answering, receiverServer, type Script } from './receiver-server.ts';

const never = new AbortController().signal;

/** Delays between attempts take no time; limits of requests stay as they are. */
const hurried: Clock = {
  ...systemClock,
  after: (delayMs, callback) => systemClock.after(delayMs < 2000 ? 0 : delayMs, callback),
};

function receiverFor(url: string, changes: Partial<ReceiverOptions> = {}): Receiver {
  return new Receiver({
    url: new URL(url),
    bearerToken: undefined,
    hmacKey: undefined,
    timeoutMs: 60_000,
    retries: 0,
    maxConcurrent: 10,
    pauseAfter: 1000,
    pauseMs: 60_000,
    clock: hurried,
    ...changes,
  });
}

async function post(script: Script, changes: Partial<ReceiverOptions> = {}): Promise<string> {
  await using server = await receiverServer(script);
  return (await receiverFor(server.url, changes).post({ a: 1 }, never)).toString();
}

test('facts are posted as JSON and the answer comes back', async () => {
  await using server = await receiverServer(answering('{"ok":true}'));
  const answer = await receiverFor(server.url).post({ subject: 'Grüße' }, never);
  assert.equal(answer.toString(), '{"ok":true}');
  const [asked] = server.asked;
  assert.equal(asked?.method, 'POST');
  assert.equal(asked?.url, '/hook');
  assert.equal(asked?.headers['content-type'], 'application/json');
  assert.deepEqual(JSON.parse(asked?.body ?? ''), { subject: 'Grüße' });
  assert.equal(asked?.headers.authorization, undefined);
  assert.equal(asked?.headers['x-postern-signature'], undefined);
});

test('a token and a signature over time and body are sent', async () => {
  await using server = await receiverServer(answering('{}'));
  const secrets = { bearerToken: 'token-123', hmacKey: 'key-456' };
  await receiverFor(server.url, secrets).post({ a: 1 }, never);
  const [asked] = server.asked;
  assert.ok(asked);
  assert.equal(asked.headers.authorization, 'Bearer token-123');
  const timestamp = String(asked.headers['x-postern-timestamp']);
  assert.match(timestamp, /^\d{10}$/);
  assert.equal(asked.headers['x-postern-signature'], signatureOf('key-456', timestamp, asked.body));
});

test('the signature is the one that the README describes', () => {
  // echo -n '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
  assert.equal(
    signatureOf('secret', '1700000000', '{"a":1}'),
    'sha256=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686',
  );
});

for (const status of [500, 502, 503, 429]) {
  test(`a request is repeated after status ${status}, with the same idempotency key`, async () => {
    await using server = await receiverServer((response, _asked, index) => {
      response.writeHead(index < 2 ? status : 200).end('{}');
    });
    const answer = await receiverFor(server.url, { retries: 2 }).post({}, never);
    assert.equal(answer.toString(), '{}');
    const keys = server.asked.map(({ headers }) => headers['idempotency-key']);
    assert.equal(keys.length, 3);
    assert.match(String(keys[0]), /^[0-9a-f-]{36}$/);
    assert.equal(new Set(keys).size, 1);
  });
}

test('two requests have two idempotency keys', async () => {
  await using server = await receiverServer(answering('{}'));
  const receiver = receiverFor(server.url);
  await receiver.post({}, never);
  await receiver.post({}, never);
  assert.equal(new Set(server.asked.map(({ headers }) => headers['idempotency-key'])).size, 2);
});

test('after the last repetition the failure stands', async () => {
  await using server = await receiverServer(answering('', 503));
  const receiver = receiverFor(server.url, { retries: 1 });
  await assert.rejects(receiver.post({}, never), /^Error: the receiver answered with status 503$/);
  assert.equal(server.asked.length, 2);
});

for (const status of [400, 401, 404]) {
  test(`status ${status} is a failure that is not repeated`, async () => {
    await using server = await receiverServer(answering('', status));
    const receiver = receiverFor(server.url, { retries: 2 });
    await assert.rejects(receiver.post({}, never), new RegExp(`status ${status}$`));
    assert.equal(server.asked.length, 1);
  });
}

for (const status of [301, 302, 303, 307, 308]) {
  test(`a redirect by ${status} is not followed`, async () => {
    await using elsewhere = await receiverServer(answering('{"verdict":"pass"}'));
    await using server = await receiverServer((response) => {
      response.writeHead(status, { location: elsewhere.url }).end();
    });
    const receiver = receiverFor(server.url, { retries: 2 });
    await assert.rejects(receiver.post({}, never), new RegExp(`status ${status}$`));
    assert.equal(server.asked.length, 1);
    assert.equal(elsewhere.asked.length, 0);
  });
}

test('a connection that is reset is a failure, and is tried again', async () => {
  await using server = await receiverServer((response, _asked, index) => {
    if (index === 0) response.socket?.resetAndDestroy();
    else response.end('{}');
  });
  const answer = await receiverFor(server.url, { retries: 1 }).post({}, never);
  assert.equal(answer.toString(), '{}');
  await assert.rejects(
    post((response) => response.socket?.resetAndDestroy()),
    /fetch failed/,
  );
});

test('an answer that breaks off is a failure', async () => {
  await assert.rejects(
    post((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"verdict":"pass"}', () => response.socket?.destroy());
    }),
  );
});

const slow: readonly (readonly [string, Script])[] = [
  ['never begins', () => {}],
  ['never ends', (response) => void response.writeHead(200).write('{')],
];

for (const [name, script] of slow) {
  test(`an answer that ${name} is a failure after the time limit`, async () => {
    const limits = { timeoutMs: 200, clock: systemClock };
    await assert.rejects(post(script, limits), /^Error: the receiver did not answer in time$/);
  });
}

test('an answer without end is cut', async () => {
  let isClosed: Promise<void> | undefined;
  await assert.rejects(
    post((response) => {
      isClosed = new Promise((resolve) => response.once('close', resolve));
      const piece = Buffer.alloc(16_384, ' ');
      (function more(): void {
        if (!response.destroyed) response.write(piece, () => setImmediate(more));
      })();
    }),
    /^Error: the answer of the receiver is too long$/,
  );
  await isClosed;
});

test('an abort ends the request and rejects with the reason', async () => {
  const controller = new AbortController();
  const { promise: arrived, resolve } = Promise.withResolvers<void>();
  await using server = await receiverServer(() => resolve());
  const asking = receiverFor(server.url, { retries: 2 }).post({}, controller.signal);
  await arrived;
  controller.abort(new Error('the client is gone'));
  await assert.rejects(asking, /^Error: the client is gone$/);
  assert.equal(server.asked.length, 1);
});

test('no more requests at a time than allowed', async () => {
  let running = 0;
  let most = 0;
  await using server = await receiverServer((response) => {
    running += 1;
    most = Math.max(most, running);
    setImmediate(() => {
      running -= 1;
      response.end('{}');
    });
  });
  const receiver = receiverFor(server.url, { maxConcurrent: 2 });
  await Promise.all([1, 2, 3, 4, 5, 6].map((number) => receiver.post({ number }, never)));
  assert.equal(server.asked.length, 6);
  assert.ok(most <= 2, String(most));
});

test('a receiver that keeps failing is left alone', async () => {
  await using server = await receiverServer(answering('', 500));
  const receiver = receiverFor(server.url, { pauseAfter: 2 });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await assert.rejects(receiver.post({}, never), /status 500$/);
  }
  await assert.rejects(receiver.post({}, never), /is left alone$/);
  assert.equal(server.asked.length, 2);
});
