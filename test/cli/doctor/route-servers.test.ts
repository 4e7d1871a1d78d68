import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serversOf } from '../../../src/cli/doctor/route-servers.ts';
import { readConfig } from '../../../src/config/load.ts';

async function serversFor(route: string) {
  const text = `
listeners: [{name: a, port: 110, tls: none}]
routes: [{name: r, ${route}}]
`;
  const { config } = await readConfig(text, 'postern.yaml', {});
  const [first] = config.routes;
  assert.ok(first);
  const { named, others } = serversOf(first);
  return { named: named.map(({ host, port, tls }) => `${host}:${port}/${tls}`), others };
}

test('hosts of a route are all asked', async () => {
  assert.deepEqual(await serversFor('upstream: {host: [a.example, b.example]}'), {
    named: ['a.example:995/implicit', 'b.example:995/implicit'],
    others: undefined,
  });
});

test('servers of a table are asked once each, and not without end', async () => {
  const few = 'upstream: {table: {joe: a.example, ann: a.example, "*": "b.example:110"}}';
  assert.deepEqual(await serversFor(few), {
    named: ['a.example:995/implicit', 'b.example:110/stls'],
    others: undefined,
  });
  const entries = Array.from({ length: 30 }, (_, index) => `u${index}: h${index}.example`);
  const many = await serversFor(`upstream: {table: {${entries.join(', ')}}}`);
  assert.equal(many.named.length, 16);
  assert.match(many.others ?? '', /^14 more/);
});

test('servers that clients name cannot be asked', async () => {
  const found = await serversFor(
    'login_name: {form: user-host}, upstream: {from: login_name}, targets: {allow: [a.example]}',
  );
  assert.deepEqual(found.named, []);
  assert.match(found.others ?? '', /login name/);
});
