import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thunderbirdConfig } from '../../../src/admin/autoconfig/thunderbird.ts';
import { autoconfigSettings } from '../../helpers/autoconfig.ts';
import { needs } from '../../helpers/requirement.ts';
import { XmlTree, xmlParserMissing } from '../../helpers/xml-tree.ts';

async function providerOf(domain: string): Promise<XmlTree> {
  const settings = (await autoconfigSettings()).get(domain);
  assert.ok(settings);
  const tree = XmlTree.parse(thunderbirdConfig(settings));
  assert.equal(tree.name, 'clientConfig');
  assert.equal(tree.attributes['version'], '1.1');
  const [provider] = tree.all('emailProvider');
  assert.ok(provider);
  return provider;
}

test('Thunderbird is told domains, both kinds of servers and the form of the user name', async (t) => {
  if (!needs(t, xmlParserMissing())) return;
  const provider = await providerOf('example.org');
  assert.equal(provider.attributes['id'], 'example.net');
  assert.deepEqual(
    provider.all('domain').map(({ text }) => text),
    ['example.net', 'example.org'],
  );
  assert.equal(provider.all('displayName')[0]?.text, 'Mail & <more>');
  const incoming = provider.all('incomingServer');
  assert.deepEqual(
    incoming.map(({ attributes, fields }) => [attributes['type'], fields['socketType']]),
    [
      ['pop3', 'SSL'],
      ['pop3', 'STARTTLS'],
    ],
  );
  assert.deepEqual(incoming[0]?.fields, {
    hostname: 'mail.example.net',
    port: '995',
    socketType: 'SSL',
    username: '%EMAILADDRESS%',
    authentication: 'password-cleartext',
  });
  const [outgoing] = provider.all('outgoingServer');
  assert.equal(outgoing?.attributes['type'], 'smtp');
  assert.deepEqual(outgoing?.fields, {
    hostname: 'smtp.example.net',
    port: '465',
    socketType: 'SSL',
    username: '%EMAILADDRESS%',
    authentication: 'password-cleartext',
  });
});

test('a server without passwords is told without a user name', async (t) => {
  if (!needs(t, xmlParserMissing())) return;
  const provider = await providerOf('xn--mller-kva.example');
  const [incoming] = provider.all('incomingServer');
  assert.equal(incoming?.fields['socketType'], 'plain');
  assert.equal(incoming?.fields['username'], '%EMAILLOCALPART%');
  assert.deepEqual(provider.all('outgoingServer')[0]?.fields, {
    hostname: 'smtp.example.net',
    port: '587',
    socketType: 'STARTTLS',
    authentication: 'none',
  });
});
