// `postern doctor` beside a running proxy, in front of a real server and a real scanner.
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { postern } from '../cli/postern.ts';
import { clamdMissing, startClamd } from '../helpers/clamd.ts';
import { dovecotMissing, startDovecot } from '../helpers/dovecot.ts';
import { startPosternProcess } from '../helpers/postern.ts';
import { eventually, temporaryFolder } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const password = 'pass-word';
const users = [{ name: 'joe', password }];

interface Line {
  readonly level: string;
  readonly subject: string;
  readonly found: string;
  readonly advice?: string;
}

async function doctor(...args: readonly string[]) {
  const { stdout, stderr, code } = await postern(['doctor', '--json', ...args]);
  const lines: Line[] = stdout
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const of = (subject: string): string =>
    lines
      .filter((line) => line.subject === subject)
      .map(({ level, found }) => `${level} ${found}`)
      .join('\n');
  return { of, lines, code, stderr };
}

test('beside a running proxy all is well, and the account can log in', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await using dovecot = await startDovecot({ users, tls: certificates.server });
  await dovecot.deliver('joe', [Buffer.from('Subject: one\r\n\r\n1\r\n')]);
  await using proxy = await startPosternProcess({
    upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
    certificates,
  });
  const before = await readdir(proxy.folder);
  const passwordFile = join(proxy.folder, 'password');
  await writeFile(passwordFile, `${password}\n`);
  const found = await doctor(
    ...['--config', proxy.configFile],
    ...['--login', 'joe', '--password-file', passwordFile],
  );
  assert.equal(found.code, 0, found.stderr + JSON.stringify(found.lines, null, 1));
  for (const tls of ['none', 'stls', 'implicit']) {
    assert.match(found.of(`listener ${tls}`), /^ok .* held by a running Postern/);
  }
  const route = found.lines.find(({ subject }) => subject.startsWith('route '))?.subject ?? '';
  assert.match(found.of(route), /^ok TLSv1\.3 .* certificate for localhost/m);
  assert.match(found.of(route), /^ok offers .*UIDL.*PIPELINING.*SASL PLAIN/m);
  assert.match(found.of(route), /^ok logins will use auth-plain$/m);
  assert.match(found.of(route.replace('route', 'login by route')), /^ok 1 messages .* with UIDL$/m);
  assert.deepEqual(await readdir(proxy.folder), [...before, 'password'].sort());
  assert.equal((await dovecot.messages('joe')).length, 1);
  assert.doesNotMatch(proxy.output(), /"level":"(?:error|warn)".*(?:session|client)/);
});

test('what is wrong with the server and the account is said, with what to do', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await using dovecot = await startDovecot({ users, tls: certificates.wrongName });
  await using proxy = await startPosternProcess({
    upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
    certificates,
  });
  const { lines, code } = await doctor('--config', proxy.configFile);
  assert.equal(code, 1);
  const failed = lines.filter(({ level }) => level === 'fail');
  assert.equal(failed.length, 1);
  assert.match(failed[0]?.found ?? '', /certificate is for pop\.wrong-name\.example, not for/);
  assert.match(failed[0]?.advice ?? '', /server_name/);

  // A wrong password is told as such, once.
  const passwordFile = join(proxy.folder, 'password');
  await writeFile(passwordFile, 'wrong');
  await using good = await startDovecot({ users, tls: certificates.server });
  await using other = await startPosternProcess({
    upstream: { port: good.pop3sPort, tls: 'implicit' },
    certificates,
  });
  const login = ['--login', 'joe', '--password-file', passwordFile];
  const refused = await doctor('--config', other.configFile, ...login);
  assert.equal(refused.code, 1);
  const line = refused.lines.find(({ level }) => level === 'fail');
  assert.match(line?.found ?? '', /^the login fails: /);
  assert.match(line?.advice ?? '', /UPSTREAM_LOGIN_REFUSED/);
  assert.doesNotMatch(JSON.stringify(refused.lines), /wrong/);
  await eventually('the server tells how often it was asked', async () =>
    /auth failed, 1 attempts/.test(await good.log()) ? true : undefined,
  );
});

test('a real clamd is asked for its version', async (t) => {
  if (!needs(t, clamdMissing())) return;
  await using clamd = await startClamd();
  await using proxy = await startPosternProcess({
    upstream: { port: 1, tls: 'none' },
    certificates,
    plugins: [{ use: 'clamav', options: { socket: clamd.socketPath } }],
  });
  const found = await doctor('--config', proxy.configFile);
  assert.match(found.of('plugin clamav'), /^ok clamd at .* is ClamAV \d/m);
  assert.match(found.of('plugin clamav'), /^warn clamd has no official signatures$/m);
  const route = found.lines.find(({ subject }) => subject.startsWith('route '));
  assert.equal(found.code, 1);
  assert.match(found.of(route?.subject ?? ''), /^fail nobody listens on/m);
});

test('a login name that names its server leads there, as far as the route allows it', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await using dovecot = await startDovecot({ users, tls: certificates.server });
  await using folder = await temporaryFolder('doctor');
  const path = (name: string): string => join(folder.path, name);
  await writeFile(path('ca.pem'), certificates.caPem);
  await writeFile(path('password'), password);
  const config = (allowed: string): string => `
listeners: [{name: a, port: 0, tls: none}]
routes:
  - name: r
    login_name: {form: user-host}
    upstream: {from: login_name, ca: ca.pem}
    targets: {allow: [${allowed}], ports: [${dovecot.pop3sPort}]}
`;
  const login = `joe#127.0.0.1:${dovecot.pop3sPort}`;
  const args = ['--config', path('postern.yaml'), '--login', login];
  await writeFile(path('postern.yaml'), config('127.0.0.0/8'));
  const allowed = await doctor(...args, '--password-file', path('password'));
  assert.match(allowed.of('route r'), /^skipped the server is named by each login name/);
  assert.match(allowed.of('login by route r'), /^ok leads to 127\.0\.0\.1 port \d+, as joe\nok /);
  assert.equal(allowed.code, 0, JSON.stringify(allowed.lines, null, 1));

  await writeFile(path('postern.yaml'), config('192.0.2.0/24'));
  const forbidden = await doctor(...args, '--password-file', path('password'));
  assert.equal(forbidden.code, 1);
  assert.match(forbidden.of('login by route r'), /^fail the choice of a server fails/);
});
