// Thunderbird is given a mail address and a password, finds the proxy by itself, and fetches mail through it.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { mainFile } from '../cli/postern.ts';
import { absence } from '../helpers/client-workplace.ts';
import { dovecotMissing, startDovecot } from '../helpers/dovecot.ts';
import { eventually, freePort, killTree, start, temporaryFolder } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';
import { desktopMessages } from './mail.ts';
import { startThunderbird } from './marionette.ts';

const password = 'pass-word';
const address = 'joe@example.net';
const host = 'autoconfig.example.net';

/** A web proxy that knows one name: example.net is nobody's, so no name server can help. */
async function namingProxy(pagesPort: number) {
  const asked: string[] = [];
  const server = createServer((_request, response) => response.writeHead(502).end());
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.on('error', () => {});
    if (request.url !== `${host}:443`) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const pages = connect(pagesPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(pages).pipe(socket);
    });
    pages.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

test('Thunderbird configures itself for the proxy and gets its mail', async (t) => {
  if (!needs(t, dovecotMissing() ?? absence('thunderbird'))) return;
  const certificates = makeTestCertificates();
  await using folder = await temporaryFolder('thunderbird-autoconfig');
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text);
  await using dovecot = await startDovecot({
    users: [{ name: address, password }],
    tls: certificates.server,
  });
  await dovecot.deliver(address, desktopMessages);
  const pages = certificates.serverFor([host]);
  await write('ca.pem', certificates.caPem);
  await write('cert.pem', certificates.server.certPem);
  await write('key.pem', certificates.server.keyPem);
  await write('pages-cert.pem', pages.certPem);
  await write('pages-key.pem', pages.keyPem);
  const [port, pagesPort] = [await freePort(), await freePort()];
  await write(
    'postern.yaml',
    `
listeners:
  - name: pop3s
    port: ${port}
    tls: implicit
    certificate: {cert: cert.pem, key: key.pem}
    certificates: [{cert: pages-cert.pem, key: pages-key.pem}]
    announce: {host: localhost}
routes: [{name: r, upstream: {host: localhost, port: ${dovecot.pop3sPort}, ca: ca.pem}}]
autoconfig:
  port: ${pagesPort}
  certificate_of: pop3s
  display_name: Example mail
  domains: [{names: [example.net], outgoing: {host: smtp.example.net, tls: stls}}]
`,
  );
  const file = join(folder.path, 'postern.yaml');
  const postern = await start(process.execPath, [mainFile, 'serve', '--config', file]);
  t.after(async () => {
    killTree(postern.pid);
    await postern.exited;
  });
  await eventually(
    'the proxy serves',
    async () => postern.output().includes('"ready"') || undefined,
  );
  await using proxy = await namingProxy(pagesPort);
  await using thunderbird = await startThunderbird({
    'network.proxy.type': 1,
    'network.proxy.http': '127.0.0.1',
    'network.proxy.http_port': proxy.port,
    'network.proxy.ssl': '127.0.0.1',
    'network.proxy.ssl_port': proxy.port,
    'app.update.enabled': false,
    'datareporting.policy.dataSubmissionEnabled': false,
  });
  const authority = certificates.caPem.replaceAll(/-----[A-Z ]+-----|\n/g, '');

  const found = await thunderbird.run(
    `
const { FetchConfig } = ChromeUtils.importESModule('resource:///modules/accountcreation/FetchConfig.sys.mjs');
const { AccountConfig } = ChromeUtils.importESModule('resource:///modules/accountcreation/AccountConfig.sys.mjs');
const { CreateInBackend } = ChromeUtils.importESModule('resource:///modules/accountcreation/CreateInBackend.sys.mjs');
const [authority, address, password] = args;
Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB).addCertFromBase64(authority, 'C,,');
const config = await FetchConfig.fromISP('example.net', address, new AbortController().signal);
AccountConfig.replaceVariables(config, 'Joe', address, password);
const { incoming, outgoing } = config;
config.rememberPassword = true;
const account = await CreateInBackend.createAccountInBackend(config);
globalThis.posternTestServer = account.incomingServer;
const shown = ({ type, hostname, port, socketType, auth, username }) => ({ type, hostname, port, socketType, auth, username });
return { name: config.displayName, incoming: shown(incoming), outgoing: shown(outgoing) };
`,
    [authority, address, password],
  );
  // nsMsgSocketType: 2 is STARTTLS, 3 is TLS from the start. Method 3 is the password itself.
  assert.deepEqual(found, {
    name: 'Example mail',
    incoming: {
      type: 'pop3',
      hostname: 'localhost',
      port,
      socketType: 3,
      auth: 3,
      username: address,
    },
    outgoing: {
      type: 'smtp',
      hostname: 'smtp.example.net',
      port: 587,
      socketType: 2,
      auth: 3,
      username: address,
    },
  });
  assert.ok(proxy.asked.includes(`${host}:443`));

  const subjects = await thunderbird.run(
    `
const server = globalThis.posternTestServer;
const inbox = server.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
await new Promise((resolve, reject) => {
  const listener = {
    QueryInterface: ChromeUtils.generateQI(['nsIUrlListener']),
    OnStartRunningUrl() {},
    OnStopRunningUrl(_url, status) {
      if (Components.isSuccessCode(status)) resolve();
      else reject(new Error('status ' + status));
    },
  };
  server.getNewMessages(inbox, null, listener);
});
return [...inbox.messages].map((message) => message.mime2DecodedSubject);
`,
    [],
  );
  assert.ok(Array.isArray(subjects));
  assert.equal(subjects.length, desktopMessages.length);
  assert.ok(subjects.includes('Welcome'));
  assert.equal((await dovecot.messages(address)).length, desktopMessages.length, 'they stay there');
});
