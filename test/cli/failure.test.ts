import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import { CliError, endingOf } from '../../src/cli/failure.ts';
import { ConfigError } from '../../src/config/problem.ts';

function systemError(fields: Record<string, unknown>): Error {
  return Object.assign(new Error('raw text'), { syscall: 'listen', ...fields });
}

const cases: readonly (readonly [what: string, error: unknown, line: string])[] = [
  [
    'a port that is taken',
    systemError({ code: 'EADDRINUSE', address: '127.0.0.1', port: 110 }),
    'postern: cannot listen on 127.0.0.1 port 110: another program already does',
  ],
  [
    'a port that needs a privilege',
    systemError({ code: 'EACCES', address: '::', port: 110 }),
    'postern: cannot listen on :: port 110: ports below 1024 need the privilege CAP_NET_BIND_SERVICE',
  ],
  [
    'an address of another machine',
    systemError({ code: 'EADDRNOTAVAIL', address: '192.0.2.1', port: 1110 }),
    'postern: cannot listen on 192.0.2.1 port 1110: this machine does not have that address',
  ],
  [
    'a cause below an error of ours',
    new AppError('LISTEN_FAILED', {
      fault: 'config',
      publicText: 'cannot listen',
      cause: systemError({ code: 'EADDRINUSE', address: '::1', port: 995 }),
    }),
    'postern: cannot listen on ::1 port 995: another program already does',
  ],
  [
    'a folder that may not be written',
    systemError({ code: 'EACCES', syscall: 'mkdir', path: '/var/lib/postern' }),
    'postern: no permission for /var/lib/postern',
  ],
  ['anything else', new TypeError('x is\nnot a function'), 'postern: x is not a function'],
  ['what is no error at all', 'text', 'postern: text'],
];

for (const [what, error, line] of cases) {
  test(`${what} is explained in one line`, () => {
    assert.deepEqual(endingOf(error), { lines: [line], exitCode: 1 });
  });
}

test('a configuration ends with code 2 and one line for each problem', () => {
  const problem = { file: 'a.yaml', line: 3, column: 1, path: 'log', message: 'wrong' };
  const error = new ConfigError([problem, { ...problem, line: 4, path: '' }]);
  assert.deepEqual(endingOf(error), {
    lines: ['a.yaml:3:1: log: wrong', 'a.yaml:4:1: wrong'],
    exitCode: 2,
  });
});

test('a command may choose its own words', () => {
  assert.deepEqual(endingOf(new CliError(['one', 'two'], 2)), {
    lines: ['one', 'two'],
    exitCode: 2,
  });
});
