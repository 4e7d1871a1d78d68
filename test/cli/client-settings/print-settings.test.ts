import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { settingsFormats } from '../../../src/cli/client-settings/formats.ts';
import {
  printSettings,
  type SettingsRequest,
} from '../../../src/cli/client-settings/print-settings.ts';
import { CliError } from '../../../src/cli/failure.ts';
import { loadConfig, readConfig } from '../../../src/config/load.ts';
import { temporaryFolder } from '../../helpers/process.ts';
import { makeTestCertificates } from '../../helpers/test-certificates.ts';
import { postern } from '../postern.ts';

const yaml = `
listeners:
  - {name: plain, address: 192.0.2.1, port: 110, tls: none}
  - {name: upgraded, address: 192.0.2.1, port: 1110, tls: stls}
  - {name: secure, port: 0, tls: implicit, announce: {host: mail.example.net}}
routes: [{name: r, upstream: {host: pop.example.org}}]
`;

async function printed(request: Partial<SettingsRequest>): Promise<string> {
  const { config } = await readConfig(yaml, 'postern.yaml', {});
  const lines = await printSettings(config, {
    format: 'text',
    host: undefined,
    listener: undefined,
    user: undefined,
    caFile: undefined,
    ...request,
  });
  return lines.join('\n');
}

test('text names server, port, encryption, user name and what to mind', async () => {
  const text = await printed({});
  assert.match(text, /^Listener plain$/m);
  assert.match(text, /Server: +192\.0\.2\.1\n +Port: +110\n +Encryption: +none/);
  assert.match(text, /Encryption: +STARTTLS/);
  assert.match(text, /Server: +mail\.example\.net\n +Port: +0\n +Encryption: +SSL\/TLS/);
  assert.match(text, /User name: +as with pop\.example\.org/);
  assert.equal(text.match(/travel readable/g)?.length, 1);
  assert.match(text, /the port is another one at each start/);
  assert.equal(text.match(/certificate is made anew at each start/g)?.length, 2);
});

test('every form names the server and the port of one listener, and no other', async () => {
  for (const format of settingsFormats) {
    const text = await printed({ format, listener: 'plain', user: 'joe@example.org' });
    assert.match(text, /192\.0\.2\.1/, format);
    assert.match(text, /\b110\b/, format);
    assert.doesNotMatch(text, /mail\.example\.net|1110/, format);
  }
});

test('mail programs without STARTTLS are told to use another listener', async () => {
  for (const format of ['outlook', 'getmail'] as const) {
    const text = await printed({ format, listener: 'upgraded' });
    assert.match(text, /STARTTLS.*\. Use a listener with tls: implicit/);
  }
});

test('the name in the certificate is the name of the server', async () => {
  const { server } = makeTestCertificates();
  await using folder = await temporaryFolder('settings');
  await writeFile(join(folder.path, 'cert.pem'), server.certPem);
  await writeFile(join(folder.path, 'key.pem'), server.keyPem);
  const file = join(folder.path, 'postern.yaml');
  const certificate = 'certificate: {cert: cert.pem, key: key.pem}';
  await writeFile(
    file,
    `listeners: [{name: s, address: "::", port: 995, tls: implicit, ${certificate}}]
routes: [{name: r, upstream: {host: pop.example.org}}]
`,
  );
  await loadConfig(file);
  const { stdout, code } = await postern(['client-settings', '--config', file]);
  assert.equal(code, 0);
  assert.match(stdout.toString(), /Server: +localhost/);
  const json = await postern(['client-settings', '-c', file, '--format', 'json', '--host', 'h']);
  assert.deepEqual(JSON.parse(json.stdout.toString()), [
    {
      listener: 's',
      server: 'h',
      port: 995,
      tls: 'implicit',
      certificate: 'configured',
      upstreamHosts: ['pop.example.org'],
      userNames: ['as with pop.example.org'],
    },
  ]);
});

test('a listener that is not there, and text that would break out of a file, are refused', async () => {
  await assert.rejects(printed({ listener: 'x' }), CliError);
  for (const user of ['a"b', "a'b", 'a\nb', '']) {
    await assert.rejects(printed({ user, format: 'fetchmail' }), CliError);
  }
});
