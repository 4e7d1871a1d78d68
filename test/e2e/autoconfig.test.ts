// A program that configures itself from the pages gets its mail: from one process and from several, over HTTPS.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { mainFile } from '../cli/postern.ts';
import { absence } from '../helpers/client-workplace.ts';
import { dovecotMissing, startDovecot } from '../helpers/dovecot.ts';
import { accepts, eventually, freePort, run, start, temporaryFolder } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';
import { XmlTree, xmlParserMissing } from '../helpers/xml-tree.ts';

const certificates = makeTestCertificates();
const password = 'pass-word';

for (const workers of [1, 2]) {
  test(`settings from the pages of ${workers === 1 ? 'one process' : 'several workers'} lead to the mail`, async (t) => {
    if (!needs(t, dovecotMissing() ?? absence('curl') ?? xmlParserMissing())) return;
    await using folder = await temporaryFolder('autoconfig');
    const path = (name: string): string => join(folder.path, name);
    await writeFile(path('ca.pem'), certificates.caPem);
    await writeFile(path('cert.pem'), certificates.server.certPem);
    await writeFile(path('key.pem'), certificates.server.keyPem, { mode: 0o600 });
    await using dovecot = await startDovecot({
      users: [{ name: 'joe', password }],
      tls: certificates.server,
    });
    await dovecot.deliver('joe', [Buffer.from('Subject: found\r\n\r\nhello\r\n')]);
    const [port, pagesPort] = [await freePort(), await freePort()];
    const config = (domain: string): string => `
workers: ${workers}
listeners:
  - name: pop3s
    port: ${port}
    tls: implicit
    certificate: {cert: cert.pem, key: key.pem}
    announce: {host: localhost}
routes: [{name: r, upstream: {host: localhost, port: ${dovecot.pop3sPort}, ca: ca.pem}}]
autoconfig:
  port: ${pagesPort}
  certificate_of: pop3s
  domains: [{names: [${domain}], user_name: local_part, outgoing: {host: smtp.example.net}}]
`;
    await writeFile(path('postern.yaml'), config('example.net'));
    const child = await start(process.execPath, [
      mainFile,
      'serve',
      '--config',
      path('postern.yaml'),
    ]);
    t.after(async () => {
      child.kill('SIGKILL');
      await child.exited;
    });
    await eventually('the pages are there', async () =>
      child.output().includes('"ready"') && (await accepts(pagesPort)) ? true : undefined,
    );
    const curl = async (...args: readonly string[]): Promise<string> => {
      const { stdout, stderr, code } = await run('curl', [
        ...['-q', '--silent', '--show-error', '--fail', '--max-time', '60'],
        ...['--cacert', path('ca.pem'), ...args],
      ]);
      assert.equal(code, 0, stderr);
      return stdout.toString();
    };
    const base = `https://localhost:${pagesPort}`;

    const page = await curl(`${base}/mail/config-v1.1.xml?emailaddress=joe@example.net`);
    const [incoming] = XmlTree.parse(page).all('emailProvider')[0]?.all('incomingServer') ?? [];
    const { hostname, port: shownPort, username } = incoming?.fields ?? {};
    assert.equal(username, '%EMAILLOCALPART%');
    const message = `pop3s://${hostname}:${shownPort}/1`;
    assert.match(await curl('--user', `joe:${password}`, message), /^Subject: found\r$/m);

    const request =
      '<Autodiscover><Request><EMailAddress>joe@example.net</EMailAddress></Request></Autodiscover>';
    const outlook = await curl('--data', request, `${base}/autodiscover/autodiscover.xml`);
    const [pop3] =
      XmlTree.parse(outlook).all('Response')[0]?.all('Account')[0]?.all('Protocol') ?? [];
    const { Server, Port, LoginName, SPA, SSL } = pop3?.fields ?? {};
    assert.deepEqual([SPA, SSL], ['off', 'on']);
    const again = `pop3s://${Server}:${Port}/1`;
    assert.match(await curl('--user', `${LoginName}:${password}`, again), /^Subject: found\r$/m);

    await writeFile(path('postern.yaml'), config('example.org'));
    child.kill('SIGHUP');
    await eventually('the change is taken up', async () =>
      child.output().includes('configuration taken up') ? true : undefined,
    );
    await curl(`${base}/mail/config-v1.1.xml?emailaddress=joe@example.org`);
    const { code } = await run('curl', [
      ...['-q', '--silent', '--fail', '--cacert', path('ca.pem')],
      `${base}/mail/config-v1.1.xml?emailaddress=joe@example.net`,
    ]);
    assert.equal(code, 22);
  });
}
