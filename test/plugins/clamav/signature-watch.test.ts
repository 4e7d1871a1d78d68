import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import type { Logger } from '#plugin-api';
import { parseVersion, SignatureWatch } from '../../../plugins/clamav/signature-watch.ts';

const refreshMs = 60_000;

beforeEach((t) => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  if ('after' in t) t.after(() => mock.timers.reset());
});

/** Lets every promise that can settle do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Answers what it is told to; an Error is thrown. */
class Source {
  answer: string | Error = 'ClamAV 1.4.6/27500/Mon Nov  2 09:12:33 2026\n';
  asked = 0;

  async version(): Promise<string> {
    this.asked += 1;
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }
}

function recorder(): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const at =
    (level: string) =>
    (_fields: unknown, text: string): void => {
      lines.push(`${level}: ${text}`);
    };
  const log: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => log,
  };
  return { log, lines };
}

test('VERSION replies are taken apart', () => {
  const date = 'Mon Nov  2 09:12:33 2026';
  assert.deepEqual(parseVersion(`ClamAV 1.4.6/27500/${date}\n`), {
    engine: '1.4.6',
    signatures: '27500',
  });
  assert.deepEqual(parseVersion(`ClamAV 1.5.0-rc/27500/${date}\0`), {
    engine: '1.5.0-rc',
    signatures: '27500',
  });
  assert.deepEqual(parseVersion('ClamAV 1.4.6'), { engine: '1.4.6', signatures: undefined });
  for (const other of [
    '',
    'PONG\n',
    'ClamAV',
    'ClamAV 1.4.6/x/y',
    'ClamAV 1/2/3\nmore',
    'UNKNOWN COMMAND\n',
  ]) {
    assert.equal(parseVersion(other), undefined, other);
  }
});

test('the key names engine and signatures, and follows them', async () => {
  const source = new Source();
  const watch = new SignatureWatch(source, refreshMs, recorder().log);
  assert.equal(watch.cacheKey, undefined);
  await watch.start();
  assert.equal(watch.cacheKey, 'clamav/1.4.6/27500');
  source.answer = 'ClamAV 1.4.6/27501/Tue Nov  3 09:12:33 2026\n';
  mock.timers.tick(refreshMs);
  await settled();
  assert.equal(watch.cacheKey, 'clamav/1.4.6/27501');
  watch.stop();
});

test('there is no key while clamd is down, and one again when it is back', async () => {
  const { log, lines } = recorder();
  const source = new Source();
  source.answer = new Error('connect ECONNREFUSED');
  const watch = new SignatureWatch(source, refreshMs, log);
  await watch.start();
  assert.equal(watch.cacheKey, undefined);
  mock.timers.tick(refreshMs);
  await settled();
  source.answer = 'ClamAV 1.4.6/27500/x';
  mock.timers.tick(refreshMs);
  await settled();
  assert.equal(watch.cacheKey, 'clamav/1.4.6/27500');
  source.answer = new Error('connect ECONNREFUSED');
  mock.timers.tick(refreshMs);
  await settled();
  assert.equal(watch.cacheKey, undefined);
  // Once for each change, not for each attempt.
  assert.deepEqual(lines, [
    'warn: clamd is not there; messages are deferred until it is',
    'info: clamd is there',
    'warn: clamd is not there; messages are deferred until it is',
  ]);
  watch.stop();
});

test('private databases carry no version, so there is no key', async () => {
  const source = new Source();
  source.answer = 'ClamAV 1.4.6\n';
  const watch = new SignatureWatch(source, refreshMs, recorder().log);
  await watch.start();
  assert.equal(watch.cacheKey, undefined);
  watch.stop();
});

test('an answer that is not one of ClamAV counts as down', async () => {
  const { log, lines } = recorder();
  const source = new Source();
  source.answer = 'hello\n';
  const watch = new SignatureWatch(source, refreshMs, log);
  await watch.start();
  assert.equal(watch.cacheKey, undefined);
  assert.match(lines.join(), /^warn: clamd is not there/);
  watch.stop();
});

test('a stopped watch asks no more and has no key, even when an answer is still on its way', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  let asked = 0;
  const source = {
    version(): Promise<string> {
      asked += 1;
      return promise;
    },
  };
  const watch = new SignatureWatch(source, refreshMs, recorder().log);
  const started = watch.start();
  watch.stop();
  resolve('ClamAV 1.4.6/27500/x');
  await started;
  mock.timers.tick(10 * refreshMs);
  await settled();
  assert.equal(asked, 1);
  assert.equal(watch.cacheKey, undefined);
});
