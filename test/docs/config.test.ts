import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configReference } from '../../docs/generate-config.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';

const document = readFileSync(new URL('../../docs/config.md', import.meta.url), 'utf8');

test('docs/config.md is what docs/generate-config.ts writes', () => {
  assert.equal(document, configReference());
});

test('docs/config.md has a row for every key of the schema', () => {
  const keys = new Set<string>();
  JSON.parse(configJsonSchema(), function collect(this: unknown, key, value: unknown) {
    if (key === 'properties' && typeof value === 'object' && value !== null) {
      for (const name of Object.keys(value)) keys.add(name);
    }
    return value;
  });
  // What a secret is made of stands in its own row.
  for (const form of ['env', 'file']) keys.delete(form);
  assert(keys.size > 40);
  for (const key of keys) {
    assert.match(
      document,
      new RegExp(`^(?:## ${key}$|\\| \`(?:[\\w[\\]]+\\.)*${key}\` +\\|)`, 'm'),
      key,
    );
  }
});
