// The web server in front of the pages for mail programs, configured as docs/client-settings.md shows it.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAutoconfigServer } from '../../src/admin/autoconfig/autoconfig-server.ts';
import { silentLogger } from '../../src/base/log.ts';
import { autoconfigSettings } from '../helpers/autoconfig.ts';
import { absence } from '../helpers/client-workplace.ts';
import { accepts, eventually, freePort, run, start, temporaryFolder } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const hosts = ['autoconfig.example.net', 'autodiscover.example.net'];

async function documentedBlock(): Promise<string> {
  const text = await readFile(new URL('../../docs/client-settings.md', import.meta.url), 'utf8');
  const block = /```nginx\n(.*?)```/s.exec(text)?.[1];
  assert.ok(block !== undefined, 'the document has a block for nginx');
  return block;
}

test('nginx in front of the pages passes on what mail programs ask', async (t) => {
  if (!needs(t, absence('nginx') ?? absence('curl'))) return;
  await using folder = await temporaryFolder('nginx');
  const path = (name: string): string => join(folder.path, name);
  const certificates = makeTestCertificates();
  const { certPem, keyPem } = certificates.serverFor(hosts);
  await writeFile(path('ca.pem'), certificates.caPem);
  await writeFile(path('cert.pem'), certPem);
  await writeFile(path('key.pem'), keyPem);
  const settings = await autoconfigSettings();
  const pages = await startAutoconfigServer(
    { address: '127.0.0.1', port: 0 },
    { settings: () => settings, tls: undefined, log: silentLogger },
  );
  t.after(() => pages.stop());
  const port = await freePort();
  const server = (await documentedBlock())
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
    .replace('http://127.0.0.1:8110', `http://127.0.0.1:${pages.port}`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  await writeFile(
    path('nginx.conf'),
    `daemon off;
pid ${path('pid')};
events {}
http {
  access_log off;
  ssl_certificate ${path('cert.pem')};
  ssl_certificate_key ${path('key.pem')};
  ${temporary.map((name) => `${name}_temp_path ${path(name)};`).join('\n  ')}
${server}
}
`,
  );
  const errors = path('errors');
  const nginx = await start('nginx', ['-p', folder.path, '-e', errors, '-c', path('nginx.conf')]);
  t.after(async () => {
    nginx.kill('SIGTERM');
    await nginx.exited;
  });
  await eventually('nginx listens', async () => (await accepts(port)) || undefined);
  const curl = async (host: string, page: string, ...args: readonly string[]): Promise<string> => {
    const { stdout, stderr, code } = await run('curl', [
      ...['-q', '--silent', '--show-error', '--fail', '--cacert', path('ca.pem')],
      ...['--resolve', `${host}:${port}:127.0.0.1`, ...args, `https://${host}:${port}${page}`],
    ]);
    assert.equal(code, 0, stderr);
    return stdout.toString();
  };
  const [autoconfig = '', autodiscover = ''] = hosts;
  const byAddress = '/mail/config-v1.1.xml?emailaddress=joe@example.org';
  assert.match(await curl(autoconfig, byAddress), /<hostname>mail\.example\.net</);
  const byHost = '/.well-known/autoconfig/mail/config-v1.1.xml';
  assert.match(await curl(autoconfig, byHost), /<hostname>mail\.example\.net</);
  const request =
    '<Autodiscover><Request><EMailAddress>joe@example.net</EMailAddress></Request></Autodiscover>';
  const answer = await curl(autodiscover, '/AutoDiscover/AutoDiscover.xml', '--data', request);
  assert.match(answer, /<LoginName>joe@example\.net</);
});
