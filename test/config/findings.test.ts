import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { check } from '../../src/config/findings.ts';

function messagesOf(schema: z.ZodType, input: unknown): string[] {
  const result = check(schema, input);
  if (result.kind === 'valid') return [];
  return result.findings.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const address = z.union([
  z.strictObject({ socket: z.string() }),
  z.strictObject({ host: z.string(), port: z.int() }),
]);

const cases: readonly (readonly [what: string, z.ZodType, unknown, string[]])[] = [
  ['a number', z.strictObject({ a: z.number() }), { a: 'x' }, ['a: expected a number, got "x"']],
  ['a boolean', z.strictObject({ a: z.boolean() }), { a: 1 }, ['a: expected true or false, got 1']],
  [
    'a list',
    z.strictObject({ a: z.array(z.string()) }),
    { a: {} },
    ['a: expected a list, got a mapping'],
  ],
  [
    'a mapping',
    z.strictObject({ a: z.strictObject({}) }),
    { a: null },
    ['a: expected a mapping, got nothing'],
  ],
  [
    'a least number',
    z.strictObject({ a: z.number().min(3) }),
    { a: 2 },
    ['a: expected at least 3, got 2'],
  ],
  [
    'a least length',
    z.strictObject({ a: z.string().min(3) }),
    { a: 'ab' },
    ['a: expected at least 3 characters, got "ab"'],
  ],
  [
    'a least count',
    z.strictObject({ a: z.array(z.any()).min(1) }),
    { a: [] },
    ['a: expected at least 1 items, got a list'],
  ],
  [
    'a pattern',
    z.strictObject({ a: z.string().regex(/^x/) }),
    { a: 'y' },
    ['a: expected text matching /^x/, got "y"'],
  ],
  [
    'a format',
    z.strictObject({ a: z.email() }),
    { a: 'y' },
    ['a: expected text of the form email, got "y"'],
  ],
  [
    'words of the schema itself',
    z.strictObject({ a: z.string({ error: 'no tea' }) }),
    { a: 1 },
    ['a: no tea, got 1'],
  ],
  [
    'a refinement',
    z.strictObject({ a: z.string().refine(() => false, 'never') }),
    { a: 'x' },
    ['a: never'],
  ],
  [
    'the branch of a union that fits best',
    z.strictObject({ a: address }),
    { a: { host: 'h', port: 'p' } },
    ['a.port: expected a number, got "p"'],
  ],
  [
    'a secret of the wrong type without its value',
    z.strictObject({ api_token: z.string() }),
    { api_token: 12345 },
    ['api_token: expected text'],
  ],
  [
    'a long value cut short',
    z.strictObject({ a: z.number() }),
    { a: 'x'.repeat(500) },
    [`a: expected a number, got "${'x'.repeat(60)}..."`],
  ],
];

for (const [what, schema, input, messages] of cases) {
  test(`what is told names ${what}`, () => {
    assert.deepEqual(messagesOf(schema, input), messages);
  });
}

test('input that fits comes out as the schema makes it', () => {
  const schema = z.strictObject({ a: z.string().transform((text) => text.length) });
  assert.deepEqual(check(schema, { a: 'abc' }), { kind: 'valid', output: { a: 3 } });
});
