// One directory, as it is written for nginx, answers nginx and Postern alike.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { after, before, test } from 'node:test';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { nginxMissing, startNginxMail } from '../helpers/nginx-mail.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { type PosternInProcess, startPostern } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const message = Buffer.from('Subject: one\r\n\r\nText\r\n');
const header = { name: 'X-Auth-Key', value: 'a secret of both' };

/** What a person types, and what the server behind knows. */
const person = { user: 'Ann+x@example.net', password: 'two  words, 100%=grün' };
const mailbox = { name: 'box-7', password: 'internal' };

interface Directory extends AsyncDisposable {
  readonly port: number;
  readonly questions: IncomingHttpHeaders[];
}

/** In the way of the examples that nginx has for such servers. */
async function startDirectory(pop3Port: number): Promise<Directory> {
  const questions: IncomingHttpHeaders[] = [];
  const server = createServer(({ headers, url }, response) => {
    questions.push(headers);
    const given = (name: string) => unescaped(String(headers[name]));
    const isKnown =
      url === '/auth' &&
      headers['x-auth-key'] === header.value &&
      headers['auth-protocol'] === 'pop3' &&
      given('auth-user') === person.user &&
      given('auth-pass') === person.password;
    response.writeHead(200, {
      ...(isKnown
        ? {
            'Auth-Status': 'OK',
            'Auth-Server': '127.0.0.1',
            'Auth-Port': String(pop3Port),
            'Auth-User': mailbox.name,
            'Auth-Pass': mailbox.password,
          }
        : { 'Auth-Status': 'Invalid login or password', 'Auth-Wait': '1' }),
    });
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(address !== null && typeof address === 'object');
  return {
    port: address.port,
    questions,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Octets as %XX, and the rest as it is: HTTP has one character for each octet. */
function unescaped(value: string): string {
  const octets = value.replaceAll(/%([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(octets, 'latin1').toString();
}

let dovecot: RunningDovecot;
let directory: Directory;

before(async () => {
  if (dovecotMissing() !== undefined) return;
  dovecot = await startDovecot({ users: [mailbox] });
  await dovecot.deliver(mailbox.name, [message]);
  directory = await startDirectory(dovecot.pop3Port);
});

after(async () => {
  await directory?.[Symbol.asyncDispose]();
  await dovecot?.stop();
});

function startProxy(targets: object): Promise<PosternInProcess> {
  const upstream = {
    auth_http: { url: `http://127.0.0.1:${directory.port}/auth`, header },
    tls: 'none',
    allow_plaintext_login: true,
  };
  return startPostern({
    upstream: { port: 1, tls: 'none' },
    certificates,
    settings: { routes: [{ name: 'directory', upstream, targets }] },
  });
}

async function fetchFrom(port: number, password = person.password): Promise<string> {
  const client = await Pop3Client.connect({ port });
  // Octets as the client writes them.
  await client.login(person.user, Buffer.from(password).toString('latin1'));
  const { body } = await client.multiline('RETR 1');
  await client.command('QUIT');
  return body.toString();
}

/** Without what differs from one HTTP client to another. */
function asked(question: IncomingHttpHeaders | undefined): object {
  const fields = Object.entries(question ?? {});
  return Object.fromEntries(fields.filter(([name]) => !/^(?:host|connection)$/.test(name)));
}

test('the directory of nginx leads Postern to the same mailbox, by the same question', async (t) => {
  if (!needs(t, dovecotMissing() ?? nginxMissing())) return;
  await using nginx = await startNginxMail({ directoryPort: directory.port, header });
  await using postern = await startProxy({ allow: ['127.0.0.1'], ports: [dovecot.pop3Port] });
  directory.questions.length = 0;
  const throughNginx = await fetchFrom(nginx.pop3Port);
  const throughPostern = await fetchFrom(postern.port('none'));
  assert.match(throughNginx, /Subject: one/);
  assert.equal(throughPostern, throughNginx);
  const [ofNginx, ofPostern, ...others] = directory.questions;
  assert.equal(others.length, 0);
  assert.deepEqual(asked(ofPostern), asked(ofNginx));
  assert.equal(ofNginx?.['auth-login-attempt'], '1');
});

test('what the directory refuses is refused in its words, and the mail server hears nothing', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await using postern = await startProxy({ allow: ['127.0.0.1'], ports: [dovecot.pop3Port] });
  await assert.rejects(fetchFrom(postern.port('none'), 'wrong'), /-ERR Invalid login or password/);
  assert.doesNotMatch(await dovecot.log(), /auth failed|Ann/);
});

test('a server that the route does not allow is not connected to, whatever the directory says', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await using postern = await startProxy({});
  await assert.rejects(
    fetchFrom(postern.port('none')),
    /-ERR \[SYS\/PERM\] this mail server may not/,
  );
});
