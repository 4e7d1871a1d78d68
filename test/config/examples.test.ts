import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { validate } from '../../src/app/chain.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { loadConfig, readConfig } from '../../src/config/load.ts';

const folder = fileURLToPath(new URL('../../config/', import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

for (const name of examples) {
  test(`the example ${name} is good, down to the options of its plugins`, async () => {
    await validate(await loadConfig(`${folder}${name}`, {}));
  });

  test(`the example ${name} names its schema to editors`, () => {
    const [firstLine] = readFileSync(`${folder}${name}`, 'utf8').split('\n');
    assert.equal(firstLine, '# yaml-language-server: $schema=./postern.schema.json');
  });
}

test('there are examples', () => {
  assert(examples.length >= 4);
});

const annotated = readFileSync(`${folder}postern.example.yaml`, 'utf8');

test('the annotated example mentions every key there is', () => {
  const keys = new Set<string>();
  JSON.parse(configJsonSchema(), function collect(this: unknown, key, value: unknown) {
    if (key === 'properties' && typeof value === 'object' && value !== null) {
      for (const name of Object.keys(value)) keys.add(name);
    }
    return value;
  });
  assert(keys.size > 40);
  for (const key of keys) assert.match(annotated, new RegExp(`[\\s{#]${key}:`), key);
});

test('the defaults in the annotated example are the defaults', async () => {
  const shown = (await readConfig(annotated, 'postern.yaml', {})).config;
  const least = `
listeners: [{name: pop3, port: 1110, tls: stls}]
routes: [{name: default, listeners: [pop3], upstream: {host: pop.example.net}}]
plugins: [{use: attachment-policy, name: attachments}]
`;
  assert.deepEqual(shown, (await readConfig(least, 'postern.yaml', {})).config);
});
