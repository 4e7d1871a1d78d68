import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { check } from '../../src/config/findings.ts';
import { duration, optionalDuration, optionalSize, size } from '../../src/config/values.ts';

const schema = z.strictObject({
  wait: duration('A.', { fallback: '30s', min: '1s', max: '10m' }),
  maybe_wait: optionalDuration('B.', { example: '5s', min: '1s', max: '1m' }),
  room: size('C.', { fallback: '1MB', min: '1KB', max: '1GB' }),
  maybe_room: optionalSize('D.', { example: '2MB', min: '1B', max: '1GB' }),
});

test('quantities have their default, or none', () => {
  assert.deepEqual(check(schema, {}), {
    kind: 'valid',
    output: { wait: 30_000, room: 1024 ** 2 },
  });
});

test('quantities that are given take the place of the default', () => {
  const input = { wait: '10m', maybe_wait: '1s', room: '1 KB', maybe_room: '1B' };
  assert.deepEqual(check(schema, input), {
    kind: 'valid',
    output: { wait: 600_000, maybe_wait: 1000, room: 1024, maybe_room: 1 },
  });
});

const refusals: readonly (readonly [string, unknown, string])[] = [
  ['wait', 5, 'expected a duration from 1s to 10m, such as 30s, got 5'],
  ['wait', '5', 'expected a duration from 1s to 10m, such as 30s, got "5"'],
  ['wait', '11m', 'expected a duration from 1s to 10m, such as 30s, got "11m"'],
  ['maybe_wait', '999ms', 'expected a duration from 1s to 1m, such as 5s, got "999ms"'],
  ['maybe_wait', '1GB', 'expected a duration from 1s to 1m, such as 5s, got "1GB"'],
  ['room', '2GB', 'expected a size from 1KB to 1GB, such as 1MB, got "2GB"'],
  ['maybe_room', '0B', 'expected a size from 1B to 1GB, such as 2MB, got "0B"'],
  ['maybe_room', [], 'expected a size from 1B to 1GB, such as 2MB, got a list'],
];

for (const [key, value, message] of refusals) {
  test(`${key}: ${JSON.stringify(value)} is refused: ${message}`, () => {
    assert.deepEqual(check(schema, { [key]: value }), {
      kind: 'invalid',
      findings: [{ path: [key], about: 'value', message }],
    });
  });
}

test('editors are shown the text of each quantity, and its default', () => {
  const { properties } = z.toJSONSchema(schema, { io: 'input' });
  assert.deepEqual(properties?.['wait'], {
    type: 'string',
    pattern: '^(\\d{1,9}) ?(ms|s|m|h|d)$',
    description: 'A.',
    default: '30s',
  });
  assert.deepEqual(properties?.['maybe_room'], {
    type: 'string',
    pattern: '^(\\d{1,9}) ?(B|KB|MB|GB)$',
    description: 'D.',
  });
});
