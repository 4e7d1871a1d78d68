import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  clientSettings,
  isAnyAddress,
  isLoopback,
  type ServerNames,
} from '../../src/admin/client-settings.ts';
import { readConfig } from '../../src/config/load.ts';

const nameless: ServerNames = {
  given: undefined,
  certificateName: () => undefined,
  machine: 'this-machine',
};

async function settingsOf(listeners: string, names: Partial<ServerNames> = {}) {
  const text = `
listeners: [${listeners}]
routes:
  - {name: a, listeners: [first], upstream: {host: a.example}}
  - {name: b, upstream: {host: b.example}}
`;
  const { config } = await readConfig(text, 'postern.yaml', {});
  return clientSettings(config, { ...nameless, ...names });
}

test('each listener is told with its encryption and the servers behind it', async () => {
  const settings = await settingsOf(
    '{name: first, address: 192.0.2.1, port: 110, tls: stls}, {name: second, port: 995, tls: implicit, mint: permitted}',
  );
  assert.deepEqual(settings, [
    {
      listener: 'first',
      server: '192.0.2.1',
      port: 110,
      tls: 'stls',
      certificate: 'self-signed',
      upstreamHosts: ['a.example', 'b.example'],
      userNames: ['as with a.example', 'as with b.example'],
    },
    {
      listener: 'second',
      server: '127.0.0.1',
      port: 995,
      tls: 'implicit',
      certificate: 'local authority',
      upstreamHosts: ['b.example'],
      userNames: ['as with b.example'],
    },
  ]);
});

test('the name of the server is that of the command, else announced, in the certificate, of the machine', async () => {
  const announced =
    '{name: first, address: "::", port: 1, tls: none, announce: {host: mail.example}}';
  const plain = '{name: first, address: "::", port: 1, tls: none}';
  const certified = { certificateName: () => 'certified.example' };
  const serverOf = async (listener: string, names: Partial<ServerNames>) =>
    (await settingsOf(listener, names))[0]?.server;
  assert.equal(await serverOf(announced, { ...certified, given: 'given' }), 'given');
  assert.equal(await serverOf(announced, certified), 'mail.example');
  assert.equal(await serverOf(plain, certified), 'certified.example');
  assert.equal(await serverOf(plain, {}), 'this-machine');
});

test('encryption that something in front ends is what mail programs are told', async () => {
  const [settings] = await settingsOf(
    '{name: first, port: 1110, tls: none, announce: {host: mail.example.net, port: 995, tls: implicit}}',
  );
  assert.deepEqual([settings?.tls, settings?.certificate], ['implicit', 'configured']);
});

test('an announced port stands for the one behind it', async () => {
  const [settings] = await settingsOf(
    '{name: first, port: 1995, tls: implicit, announce: {port: 995}}',
  );
  assert.equal(settings?.port, 995);
});

test('how a user name is put together is told where the name has to say the server', async () => {
  const userNamesOf = async (route: string): Promise<readonly string[] | undefined> => {
    const text = `
listeners: [{name: a, port: 110, tls: none}]
routes: [{name: r, ${route}}]
`;
    const { config } = await readConfig(text, 'postern.yaml', {});
    return clientSettings(config, nameless)[0]?.userNames;
  };
  const named = 'upstream: {from: login_name}, targets: {allow: [pop.example.net]}';
  assert.deepEqual(await userNamesOf(`login_name: {form: user-host, delimiter: '%'}, ${named}`), [
    'NAME%SERVER, such as ann%pop.example.net',
  ]);
  assert.deepEqual(await userNamesOf(`login_name: {form: host-user}, ${named}`), [
    'SERVER:NAME, such as pop.example.net:ann',
  ]);
  assert.deepEqual(await userNamesOf("upstream: {table: {'*': pop.example.net}}"), [
    'as with the mail server of the account',
  ]);
});

test('what a firewall diverts here needs no settings', async () => {
  const settings = await settingsOf(
    '{name: first, port: 110, tls: none}, {name: diverted, port: 1995, tls: none, intercept: redirect}',
  );
  assert.deepEqual(
    settings.map(({ listener }) => listener),
    ['first'],
  );
});

test('addresses that are all, or only this machine, are known in every form', () => {
  for (const address of ['::', '0:0:0:0:0:0:0:0', '0.0.0.0']) assert.ok(isAnyAddress(address));
  for (const address of ['::1', '10.0.0.0', 'fe80::']) assert.ok(!isAnyAddress(address));
  for (const address of ['127.0.0.1', '127.1.2.3', '::1']) assert.ok(isLoopback(address));
  for (const address of ['128.0.0.1', 'localhost', '::']) assert.ok(!isLoopback(address));
});
