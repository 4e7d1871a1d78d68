import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/base/errors.ts';
import type { Logger } from '../../src/base/log.ts';
import { createLogger, type LoggerOptions } from '../../src/telemetry/logger.ts';
import { run } from '../helpers/process.ts';

class Capture extends Writable {
  text = '';
  isTTY: boolean;

  constructor(kind: 'terminal' | 'file' = 'file') {
    super({ decodeStrings: false });
    this.isTTY = kind === 'terminal';
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** What is written while `work` runs. */
async function logged(
  options: Omit<LoggerOptions, 'destination'>,
  work: (log: Logger) => void,
  capture = new Capture(),
): Promise<string> {
  work(createLogger({ ...options, destination: capture }));
  // pino-pretty hands lines on through a stream of its own.
  await new Promise(setImmediate);
  return capture.text;
}

const json = { level: 'info', format: 'json' } as const;

test('a line of JSON carries level, time, fields and text', async () => {
  const text = await logged(json, (log) => log.info({ session: 's1', count: 3 }, 'ready'));
  const { time, ...line } = JSON.parse(text);
  assert.deepEqual(line, { level: 'info', session: 's1', count: 3, msg: 'ready' });
  assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('the time of a line is that of its millisecond', async (t) => {
  const times = [
    '2026-11-02T10:00:00.007Z',
    '2026-11-02T10:00:00.990Z',
    '2026-11-02T10:00:01.000Z',
  ];
  t.mock.timers.enable({ apis: ['Date'] });
  const text = await logged(json, (log) => {
    for (const time of times) {
      t.mock.timers.setTime(Date.parse(time));
      log.info({}, 'tick');
    }
  });
  const lines = text.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).time),
    times,
  );
});

test('lines below the level are not written', async () => {
  const write = (log: Logger): void => {
    log.debug({}, 'd');
    log.info({}, 'i');
    log.warn({}, 'w');
    log.error({}, 'e');
  };
  const levels = async (level: LoggerOptions['level']): Promise<string[]> => {
    const text = await logged({ level, format: 'json' }, write);
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).level);
  };
  assert.deepEqual(await levels('debug'), ['debug', 'info', 'warn', 'error']);
  assert.deepEqual(await levels('warn'), ['warn', 'error']);
});

test('a child carries its fields, secrets hidden', async () => {
  const text = await logged(json, (log) =>
    log.child({ session: 's1', password: 'hunter2' }).warn({ code: 'X' }, 'refused'),
  );
  const { time, ...line } = JSON.parse(text);
  assert.deepEqual(line, {
    level: 'warn',
    session: 's1',
    password: '[secret]',
    code: 'X',
    msg: 'refused',
  });
});

test('a child of a child carries the fields of both', async () => {
  const text = await logged(json, (log) => {
    const child = log.child({ listener: 'pop3' }).child({ session: 's1', token: 'hunter2' });
    child.info({ a: 1 }, 'one');
    child.info({ a: 2 }, 'two');
  });
  const lines = text.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => line.replace(/"time":"[^"]*",/, '')),
    [
      '{"level":"info","listener":"pop3","session":"s1","token":"[secret]","a":1,"msg":"one"}',
      '{"level":"info","listener":"pop3","session":"s1","token":"[secret]","a":2,"msg":"two"}',
    ],
  );
});

for (const ending of ['process.exit(0)', 'void 0']) {
  test(`no line is lost when the process ends by ${ending}`, async () => {
    const logger = new URL('../../src/telemetry/logger.ts', import.meta.url);
    const program = `const { createLogger } = await import(${JSON.stringify(logger.href)});
      const log = createLogger({ level: 'info', format: 'json' });
      for (let count = 0; count < 500; count += 1) log.info({ count }, 'line');
      ${ending};`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program]);
    const counts = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).count);
    assert.deepEqual(
      counts,
      Array.from({ length: 500 }, (_, index) => index),
    );
  });
}

test('a stack is written at debug level only', async () => {
  const error = new AppError('X_Y', { fault: 'proxy', publicText: 'broken' });
  const fail = (log: Logger): void => log.error({ error }, 'failed');
  assert.doesNotMatch(await logged(json, fail), /logger\.test\.ts/);
  assert.match(await logged({ level: 'debug', format: 'json' }, fail), /logger\.test\.ts/);
});

test('auto is pretty on a terminal and JSON elsewhere', async () => {
  const write = (log: Logger): void => log.info({ a: 1 }, 'ready');
  const auto = { level: 'info', format: 'auto' } as const;
  assert.match(await logged(auto, write, new Capture('file')), /^\{"level":"info"/);
  const pretty = await logged(auto, write, new Capture('terminal'));
  assert.match(pretty, /ready/);
  assert.doesNotMatch(pretty, /^\{/);
});

test('pretty lines hide secrets and hold no control characters of the input', async () => {
  const text = await logged({ level: 'info', format: 'pretty' }, (log) =>
    log.info({ user: 'a\u001b[2J\r\nINFO: forged', pass: 'hunter2' }, 'login\nERROR: forged'),
  );
  assert.match(text, /forged/);
  for (const absent of ['hunter2', '\u001b', '\r']) assert(!text.includes(absent));
  for (const line of text.trimEnd().split('\n').slice(1)) assert.match(line, /^ {4}/);
});

test('one call is one line of JSON, whatever the text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.anything(), async (words, value) => {
      const text = await logged(json, (log) => log.info({ value }, words));
      assert.equal(text.indexOf('\n'), text.length - 1);
      assert.equal(JSON.parse(text).level, 'info');
    }),
    { numRuns: 50 },
  );
});
