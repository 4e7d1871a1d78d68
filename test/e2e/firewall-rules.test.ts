import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { mainFile } from '../cli/postern.ts';
import {
  makeNamespace,
  type Namespace,
  namespacesMissing,
  withoutNetAdmin,
} from '../helpers/namespaces.ts';
import { type Finished, findProgram, temporaryFolder } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';

/** Everything that rules can be about. JSON is YAML. */
const configuration = JSON.stringify({
  listeners: [
    { name: 'pop3', address: '::', port: 1110, tls: 'none', intercept: 'redirect' },
    { name: 'pop3s', address: '::', port: 1995, tls: 'implicit', intercept: 'tproxy' },
    { name: 'one', address: '192.0.2.1', port: 1111, tls: 'none', intercept: 'redirect' },
    { name: 'hidden', address: '::1', port: 1112, tls: 'none', intercept: 'tproxy' },
    {
      name: 'old',
      address: '0.0.0.0',
      port: 1113,
      tls: 'none',
      intercept: 'redirect',
      networks: ['192.0.2.64/26', '198.51.100.0/24'],
    },
  ],
  routes: [{ name: 'default', upstream: { host: 'pop.example.net' } }],
});

const options = [
  ...['--interface', 'lan0', '--interface', 'br-guests.7'],
  ...['--except', '203.0.113.0/24', '--except', '2001:db8:5::/48'],
  ...['--port', 'one=2110,2111', '--port', 'hidden=3110', '--local', 'nobody'],
];

/** What loads each kind of rules, from a file. */
const kinds: readonly (readonly [string, readonly string[]])[] = [
  ['nftables', ['nft', '-f']],
  ['iptables', ['iptables-restore', '--noflush']],
  ['ip6tables', ['ip6tables-restore', '--noflush']],
];

interface Place {
  readonly gateway: Namespace;
  readonly folder: string;
  postern(...args: readonly string[]): Promise<Finished>;
}

async function withPlace(t: TestContext, work: (place: Place) => Promise<void>): Promise<void> {
  const missing = namespacesMissing('nft', 'iptables-restore', 'ip6tables-restore');
  if (!needs(t, missing)) return;
  await using folder = await temporaryFolder('rules');
  await writeFile(join(folder.path, 'postern.yaml'), configuration);
  await using gateway = await makeNamespace();
  await work({
    gateway,
    folder: folder.path,
    postern: (...args) => {
      const config = ['--config', join(folder.path, 'postern.yaml')];
      const command = gateway.inside(process.execPath, mainFile, 'rules', ...args, ...config);
      return gateway.attempt(command, { env: { NODE_OPTIONS: '' } });
    },
  });
}

for (const [kind, load] of kinds) {
  test(`rules for ${kind} load as they are, twice, and are found in place`, async (t) => {
    await withPlace(t, async ({ gateway, folder, postern }) => {
      const before = await postern(kind, ...options, '--check');
      assert.match(
        before.stdout.toString(),
        /^MISSING {2}listener pop3: no rule diverts IPv. connections from the network/m,
      );
      assert.equal(before.code, 1);

      const printed = await postern(kind, ...options);
      assert.equal(printed.code, 0, printed.stderr);
      const file = join(folder, 'rules');
      await writeFile(file, printed.stdout);
      const [program = '', ...args] = load;
      await gateway.run(program, ...args, file);
      await gateway.run(program, ...args, file);

      const routeless = await postern(kind, ...options, '--check');
      assert.match(routeless.stdout.toString(), /^MISSING {2}no rule sends IPv. packets/m);
      assert.doesNotMatch(routeless.stdout.toString(), /^MISSING {2}listener/m);

      const routing = await postern('routing', ...options);
      await writeFile(file, routing.stdout);
      await gateway.run('sh', file);
      await gateway.run('sh', file);
      const after = await postern(kind, ...options, '--check');
      assert.match(after.stdout.toString(), /^(?:ok {7}.*\n)+$/);
      assert.equal(after.code, 0);
      const routed = await postern('routing', ...options, '--check');
      assert.match(routed.stdout.toString(), /^(?:ok {7}.*\n){2}$/);
    });
  });
}

test('rules for iptables load in its older form too', async (t) => {
  const legacy = findProgram('iptables-legacy-restore');
  if (!needs(t, legacy === undefined ? 'iptables-legacy is not installed' : undefined)) return;
  await withPlace(t, async ({ gateway, folder, postern }) => {
    const file = join(folder, 'rules');
    await writeFile(file, (await postern('iptables', ...options)).stdout);
    await gateway.run('iptables-legacy-restore', '--noflush', file);
    assert.match(await gateway.run('iptables-legacy-save'), /-j TPROXY --on-port 1995/);
  });
});

test('without the privilege to ask, a check says so', async (t) => {
  await withPlace(t, async ({ gateway, folder }) => {
    const args = [mainFile, 'rules', 'nftables', '--check', '-c', join(folder, 'postern.yaml')];
    const more = ['--port', 'one=2110', '--port', 'hidden=3110'];
    const { stdout, code } = await gateway.attempt(
      gateway.inside(...withoutNetAdmin, process.execPath, ...args, ...more),
      { env: { NODE_OPTIONS: '' } },
    );
    assert.match(stdout.toString(), /^UNKNOWN {2}nft cannot be asked: .*not permitted/);
    assert.equal(code, 1);
  });
});
