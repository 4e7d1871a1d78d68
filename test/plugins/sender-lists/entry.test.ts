import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseEntry } from '../../../plugins/sender-lists/entry.ts';

for (const [written, text, kind] of [
  ['ann@example.org', 'ann@example.org', 'address'],
  [' Ann@EXAMPLE.org. ', 'ann@example.org', 'address'],
  ['ann@bücher.example', 'ann@xn--bcher-kva.example', 'address'],
  ['"ann"@example.org', 'ann@example.org', 'address'],
  ['example.org', 'example.org', 'domain'],
  ['.example.org', 'example.org', 'domain'],
  ['*.example.org', 'example.org', 'domain'],
  ['@Example.org', '@example.org', 'domain'],
  ['BÜCHER.example', 'xn--bcher-kva.example', 'domain'],
  ['.zip', '.zip', 'domain'],
  ['/^news[0-9]+@/', '/^news[0-9]+@/', 'expression'],
  ['List-Id: <*.example.org>', 'List-Id: <*.example.org>', 'field'],
  ['Subject:/(?i)offer/', 'Subject: /(?i)offer/', 'field'],
] as const) {
  test(`'${written}' is an entry: ${kind} ${text}`, () => {
    const entry = parseEntry(written);
    assert.equal(entry.text, text);
    assert.equal(entry.pattern.kind, kind);
    assert.equal(entry.untilMs, undefined);
  });
}

test('an entry may end with the last day on which it holds', () => {
  const { text, untilMs } = parseEntry('ann@example.org until 2027-01-31');
  assert.equal(text, 'ann@example.org');
  assert.equal(untilMs, Date.UTC(2027, 1, 1));
});

for (const [written, problem] of [
  ['', /none of/],
  ['zip', /none of/],
  ['two words', /none of/],
  ['@', /none of/],
  ['192.0.2.1', /none of/],
  ['ann@', /no address/],
  ['ann@exa mple.org', /no address/],
  ['ann@example.org until 2027-02-30', /no day/],
  ['/(/', /./],
  ['Subject: /(?<!a)b/', /./],
  ['x'.repeat(600), /longer than/],
] as const) {
  test(`'${written.slice(0, 40)}' is no entry`, () => {
    assert.throws(
      () => parseEntry(written),
      (error) => error instanceof SyntaxError && problem.test(error.message),
    );
  });
}

test('an entry in its one form stays as it is', () => {
  fc.assert(
    fc.property(fc.oneof(fc.emailAddress(), fc.domain()), (written) => {
      const { text } = parseEntry(written);
      assert.equal(parseEntry(text).text, text);
      assert.equal(parseEntry(text.toUpperCase()).text, text);
    }),
  );
});
