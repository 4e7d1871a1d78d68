// A client that was kept waiting by header lines and then cut off must not be cut off again by the same
// message at its next poll: the messages behind it would never be fetched.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleFacts } from '../../src/pipeline/testing.ts';
import { pass } from '../../src/plugin-api/verdict.ts';
import { askForMessage } from '../../src/proxy/ask-for-message.ts';
import { ClientOutput } from '../../src/proxy/client-output.ts';
import { deliver } from '../../src/proxy/deliver.ts';
import type { UpstreamClient } from '../../src/upstream/client.ts';
import type { ContentSink } from '../../src/upstream/content-framing.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { loaded } from '../helpers/pipeline.ts';
import { type TestServices, testServices, upstreamMessage } from '../helpers/proxy.ts';
import { RecordingSocket } from '../helpers/recording-socket.ts';

const letter = Buffer.from('Subject: x\r\n\r\none\r\n');

const upstream = {
  async retrieve(_number: number, sink: ContentSink): Promise<void> {
    sink.write(letter);
  },
  close() {},
};

/** Delivers while the clock moves on; returns what the client got. */
async function poll(services: TestServices, clock: FakeClock, uidl: string): Promise<string> {
  const socket = new RecordingSocket();
  const message = { ...sampleFacts(letter.length), uidl };
  const client = upstream as unknown as UpstreamClient;
  const delivering = deliver(
    {
      message,
      listed: upstreamMessage(1, letter.length),
      wishedLanguage: undefined,
      account: { user: 'ann', upstreamHost: 'pop.example.org', textMode: 'octets' },
      bodyLines: undefined,
      upstream: client,
      ask: (listed) =>
        askForMessage(
          listed,
          { bodyLines: undefined, when: 'now' },
          { ...services, upstream: client, factsOf: () => message },
        ),
      output: new ClientOutput(socket.asSocket),
      log: services.log,
      signal: new AbortController().signal,
    },
    services,
  );
  for (let second = 0; second < 40; second++) await clock.advance(1000);
  await delivering;
  return socket.written.toString('latin1');
}

test('a scanner that hangs cuts the first delivery and refuses the next ones', async () => {
  const clock = new FakeClock();
  const hanging = loaded({ inspect: () => new Promise(() => {}) }, { timeoutMs: 30_000 });
  const services = await testServices({ clock, plugins: [hanging] });
  assert.match(
    await poll(services, clock, 'a'),
    /^\+OK \d+ octets\r\nX-Postern-Wait: 1\r\nX-Postern-Wait: 2\r\n$/,
  );
  for (let again = 0; again < 2; again++) {
    assert.match(await poll(services, clock, 'a'), /^-ERR \[SYS\/TEMP\] [^\r\n]+\r\n$/);
  }
  assert.match(await poll(services, clock, 'b'), /^\+OK /, 'another message is not concerned');
});

test('a scanner that is slow only keeps the client waiting', async () => {
  const clock = new FakeClock();
  const slow = loaded(
    {
      inspect: () =>
        new Promise((resolve) => {
          clock.after(28_000, () => resolve(pass()));
        }),
    },
    { timeoutMs: 30_000 },
  );
  const services = await testServices({ clock, plugins: [slow] });
  assert.match(
    await poll(services, clock, 'a'),
    /X-Postern-Wait: 2\r\nSubject: x\r\n\r\none\r\n\.\r\n$/,
  );
});
