import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { configJsonSchema, knownKeys } from '../../src/config/json-schema.ts';
import { configSchema } from '../../src/config/schema.ts';

test('config/postern.schema.json is what `postern schema` prints', () => {
  const committed = readFileSync(
    new URL('../../config/postern.schema.json', import.meta.url),
    'utf8',
  );
  assert.equal(committed, configJsonSchema());
});

interface SchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly additionalProperties?: unknown;
}

function* keysOf(node: SchemaNode, path: string): Iterable<[path: string, SchemaNode]> {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const at = `${path}.${key}`;
    yield [at, child];
    yield* keysOf(child, at);
    if (child.items !== undefined) yield* keysOf(child.items, `${at}[]`);
  }
}

test('every key is described, and every mapping refuses unknown keys', () => {
  const root: SchemaNode = JSON.parse(configJsonSchema());
  const keys = [...keysOf(root, '')];
  assert(keys.length > 50);
  for (const [path, node] of keys) {
    assert(node.description !== undefined && node.description.length > 5, path);
    if (node.properties !== undefined) assert.equal(node.additionalProperties, false, path);
  }
});

test('the known keys of a place are those of the schema there', () => {
  assert(knownKeys(configSchema, []).includes('verdict_cache'));
  assert(knownKeys(configSchema, ['listeners', 3, 'certificate']).includes('passphrase'));
  assert.deepEqual(knownKeys(configSchema, ['log']), ['level', 'format']);
  assert.deepEqual(knownKeys(configSchema, ['nowhere', 0]), []);
});

test('the known keys of a union are those of all its branches', () => {
  const schema = z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })]);
  assert.deepEqual(knownKeys(schema, []), ['a', 'b']);
  assert.deepEqual(knownKeys(z.record(z.string(), schema), ['any']), ['a', 'b']);
});
