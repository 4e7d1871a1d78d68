// What is said to a controller, and what is made of its answers, without a real one.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { Failover, type Lesson } from '#plugin-api';
import { parseServerAddress, type ServerAddress } from '../../../plugins/rspamd/server-address.ts';
import { type TeachingOptions, teach } from '../../../plugins/rspamd/teaching.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { Interest } from '../../../src/pipeline/interest.ts';
import { wholeMessage } from '../../helpers/pipeline.ts';

const plain: TeachingOptions = {
  lessons: 'corrections',
  teachers: 'administrator',
  fuzzy: undefined,
  maxBytes: 1000,
  deliverTo: 'nobody',
};

interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The outcome, and what a controller that answers so was asked. */
async function taught(
  lesson: Partial<Lesson>,
  options: Partial<TeachingOptions> = {},
  status = 200,
): Promise<{ readonly outcome: unknown; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', headers: request.headers });
    request.resume();
    request.on('end', () => {
      response.statusCode = status;
      response.end(status === 200 ? '{"success":true}' : '{"error":"it is so"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const controller = parseServerAddress(`http://127.0.0.1:${address.port}`);
    assert.ok(controller !== undefined);
    const controllers = new Failover<ServerAddress>({
      servers: [controller],
      strategy: 'first',
      maxConcurrent: 1,
      timeoutMs: 10_000,
      clock: systemClock,
    });
    const message = wholeMessage('Subject: x\r\n\r\nHello\r\n').viewWhile(new Interest());
    const outcome = await teach(
      {
        account: undefined,
        as: 'spam',
        weight: 'correction',
        source: 'command',
        message,
        ...lesson,
      },
      { controllers, exchange: { clock: systemClock, connectTimeoutMs: 10_000 }, password: 'p w' },
      { ...plain, ...options },
    ).catch((error: unknown) => error);
    return { outcome, asked };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const ann = { user: 'ann', upstreamHost: 'pop.example.net' };

for (const [as, path] of [
  ['spam', '/learnspam'],
  ['ham', '/learnham'],
] as const) {
  test(`a lesson of ${as} is passed on with the password`, async () => {
    const { outcome, asked } = await taught({ as });
    assert.deepEqual(outcome, { kind: 'learned' });
    assert.deepEqual(
      asked.map((each) => [each.path, each.headers['password'], each.headers['deliver-to']]),
      [[path, 'p w', undefined]],
    );
  });
}

test('an account teaches a model of its own by its name', async () => {
  const { asked } = await taught({ account: ann }, { deliverTo: 'account' });
  assert.equal(asked[0]?.headers['deliver-to'], 'ann@pop.example.net');
});

test('spam goes to the fuzzy storage as well where that is wanted, ham does not', async () => {
  const fuzzy = { flag: 11, weight: 5 };
  const { asked } = await taught({ as: 'spam' }, { fuzzy });
  const [, second] = asked;
  assert.deepEqual(
    [second?.path, second?.headers['flag'], second?.headers['weight'], second?.headers['password']],
    ['/fuzzyadd', '11', '5', 'p w'],
  );
  assert.equal((await taught({ as: 'ham' }, { fuzzy })).asked.length, 1);
});

test('an account with a model of its own puts nothing into the fuzzy storage of all, unless it may', async () => {
  const options = { deliverTo: 'account', fuzzy: { flag: 11, weight: 5 } } as const;
  const paths = async (teachers: TeachingOptions['teachers']): Promise<string[]> =>
    (await taught({ account: ann }, { ...options, teachers })).asked.map(({ path }) => path);
  assert.deepEqual(await paths('administrator'), ['/learnspam']);
  assert.deepEqual(await paths('everybody'), ['/learnspam', '/fuzzyadd']);
});

test('accounts of the same name on different servers have models of their own', async () => {
  const names = await Promise.all(
    ['pop.example.net', 'pop.example.org'].map(async (upstreamHost) => {
      const account = { user: 'ann@example.net', upstreamHost };
      const { asked } = await taught({ account }, { deliverTo: 'account' });
      return asked[0]?.headers['deliver-to'];
    }),
  );
  assert.deepEqual(names, ['ann@example.net@pop.example.net', 'ann@example.net@pop.example.org']);
});

for (const [what, lesson, options] of [
  ['what is to be forgotten', { as: 'forget' }, {}],
  ['what is implied only', { weight: 'confirmation' }, {}],
  ['what an account would teach all others', { account: ann }, {}],
  ['what is too large', {}, { maxBytes: 5 }],
] as const) {
  test(`nobody is asked about ${what}`, async () => {
    const { outcome, asked } = await taught(lesson, options);
    assert.match(JSON.stringify(outcome), /"unchanged"/);
    assert.deepEqual(asked, []);
  });
}

for (const [status, expected] of [
  [208, /"unchanged","reason":"it is so"/],
  [401, /password/],
  [403, /password/],
  [400, /it is so/],
  [500, /it is so/],
] as const) {
  test(`an answer with status ${status} is no lesson learned`, async () => {
    const { outcome } = await taught({}, {}, status);
    const text = outcome instanceof Error ? outcome.message : JSON.stringify(outcome);
    assert.equal(outcome instanceof Error, status !== 208);
    assert.match(text, expected);
  });
}
