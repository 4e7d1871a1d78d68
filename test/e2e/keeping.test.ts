// What becomes of messages that are kept from their readers, before a real Dovecot: released originals come
// back in band, and no DELE of a client destroys the only copy.
import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { postern as runPostern } from '../cli/postern.ts';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { type PosternInProcess, startPostern } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const password = 'secret';
const missing = dovecotMissing();

/** Says of a message what its subject tells it to. */
const judge = `export default {
  name: 'judge',
  setup: () => ({
    async inspect(message) {
      const subject = (await message.headers()).get('Subject') ?? '';
      if (subject.startsWith('block')) return { kind: 'block', finding: 'bad', paths: ['1.2'] };
      if (subject.startsWith('defer')) return { kind: 'tempfail', reason: 'no engine' };
      return { kind: 'pass' };
    },
  }),
};
`;

let dovecot: RunningDovecot;
let users = 0;

before(async () => {
  if (missing !== undefined) return;
  const names = Array.from({ length: 14 }, (_, index) => ({ name: `kept${index}`, password }));
  dovecot = await startDovecot({ users: names, tls: certificates.server });
});

after(() => dovecot?.stop());

function message(subject: string): Buffer {
  return Buffer.from(
    [
      'From: "A <b>" <a@example.org>',
      `Subject: ${subject}`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'harmless text',
      '.a line with a dot',
      '--b',
      'Content-Disposition: attachment; filename=evil.bin',
      '',
      'evil octets',
      '--b--',
      '',
    ].join('\r\n'),
  );
}

interface Scene {
  readonly user: string;
  readonly postern: PosternInProcess;
  session(): Promise<Pop3Client>;
  /** `postern quarantine ...` with the configuration of this proxy. */
  quarantine(...args: readonly string[]): Promise<string>;
}

async function scene(
  subjects: readonly string[],
  plugin: object = {},
  settings: Readonly<Record<string, object>> = {},
): Promise<Scene> {
  const user = `kept${users++}`;
  await dovecot.deliver(user, subjects.map(message));
  const postern = await startPostern({
    upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
    certificates,
    plugins: [{ use: './judge.mjs', ...plugin }],
    files: { 'judge.mjs': judge },
    settings,
  });
  return {
    user,
    postern,
    async session() {
      const client = await Pop3Client.connect({ port: postern.port('none') });
      await client.login(user, password);
      return client;
    },
    async quarantine(...args) {
      const config = ['--config', postern.configFile];
      const ended = await runPostern(['quarantine', ...args, ...config]);
      assert.equal(ended.code, 0, ended.stderr.toString());
      return ended.stdout.toString();
    },
  };
}

async function quit(client: Pop3Client): Promise<string> {
  const reply = await client.command('QUIT');
  await client.closed;
  return reply;
}

async function uidls(client: Pop3Client): Promise<string[]> {
  const { body } = await client.multiline('UIDL');
  return body
    .toString('latin1')
    .trim()
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ')[1] ?? '');
}

function codeIn(notice: Buffer): string {
  const code = /\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(notice.toString('latin1'))?.[0];
  assert.ok(code !== undefined, 'the notice names a code');
  return code;
}

test('a released original comes back once, octet for octet, under a UIDL of its own', async (t) => {
  if (!needs(t, missing)) return;
  const { user, postern, session, quarantine } = await scene(['block this', 'fine']);
  await using _proxy = postern;
  const first = await session();
  const notice = await first.multiline('RETR 1');
  assert.ok(!notice.body.includes('evil octets'));
  assert.match(await first.command('STAT'), /^\+OK 2 /);
  await quit(first);

  await quarantine('release', codeIn(notice.body));
  const seen: string[] = [];
  for (let poll = 0; poll < 2; poll++) {
    const client = await session();
    const names = await uidls(client);
    assert.equal(names.length, 3);
    seen.push(names[2] ?? '');
    assert.match(await client.command('LIST 3'), new RegExp(` ${message('block this').length}$`));
    const back = await client.multiline('RETR 3');
    assert.deepEqual(back.body, message('block this'));
    const top = await client.multiline('TOP 3 0');
    assert.match(top.body.toString(), /^Subject: block this\r$/m);
    assert.ok(!top.body.includes('harmless text'));
    await quit(client);
  }
  assert.equal(seen[0], seen[1]);

  const last = await session();
  assert.match(await last.command('DELE 3'), /^\+OK/);
  assert.match(await quit(last), /^\+OK/);
  assert.equal((await dovecot.messages(user)).length, 2, 'the copies upstream are not concerned');
  const gone = await session();
  assert.equal((await uidls(gone)).length, 2);
  await quit(gone);
});

test('DELE of a notice is passed on while its original is held, and refused once it is not', async (t) => {
  if (!needs(t, missing)) return;
  const { user, postern, session } = await scene(['block one', 'block two', 'block three']);
  await using _proxy = postern;
  const first = await session();
  for (const number of [1, 2, 3]) await first.multiline(`RETR ${number}`);
  assert.match(await first.command('DELE 1'), /^\+OK/);
  assert.match(await quit(first), /^\+OK/);
  assert.equal((await dovecot.messages(user)).length, 2);

  const sealed = (await readdir(postern.quarantineFolder, { recursive: true })).filter((name) =>
    /[0-9a-f]{32}/.test(name),
  );
  assert.ok(sealed.length >= 3);
  for (const name of sealed) {
    await rm(join(postern.quarantineFolder, name), { force: true, recursive: true });
  }
  const second = await session();
  assert.match(await second.command('DELE 1'), /^-ERR the original is no longer/);
  assert.match(await second.command('NOOP'), /^\+OK/);
  assert.match(await quit(second), /^\+OK/);
  assert.equal((await dovecot.messages(user)).length, 2);
});

test('an original deleted on purpose lets the copy upstream go', async (t) => {
  if (!needs(t, missing)) return;
  const { user, postern, session, quarantine } = await scene(['block this']);
  await using _proxy = postern;
  const first = await session();
  const code = codeIn((await first.multiline('RETR 1')).body);
  await quit(first);
  await quarantine('delete', code);
  const second = await session();
  assert.match(await second.command('DELE 1'), /^\+OK/);
  assert.match(await quit(second), /^\+OK/);
  assert.equal((await dovecot.messages(user)).length, 0);
});

test('a message that was deferred is not deleted in that session, pipelined or not', async (t) => {
  if (!needs(t, missing)) return;
  const { user, postern, session } = await scene(['defer this', 'fine']);
  await using _proxy = postern;
  const client = await session();
  assert.match((await client.multiline('RETR 1')).status, /^-ERR \[SYS\/TEMP\]/);
  assert.match(await client.command('DELE 1'), /^-ERR \[SYS\/TEMP\]/);
  assert.match((await client.multiline('RETR 2')).status, /^\+OK/);
  assert.match(await client.command('DELE 2'), /^\+OK/);
  assert.match(await quit(client), /^\+OK/);
  const left = await dovecot.messages(user);
  assert.equal(left.length, 1);
  assert.ok(left[0]?.includes('defer this'));
});

test('a hidden message is refused once, then not listed, and stays upstream', async (t) => {
  if (!needs(t, missing)) return;
  const { user, postern, session, quarantine } = await scene(['block this', 'fine'], {
    on_block: 'hide',
  });
  await using _proxy = postern;
  const first = await session();
  assert.match((await first.multiline('RETR 1')).status, /^-ERR \[SYS\/TEMP\]/);
  assert.match(await first.command('DELE 1'), /^-ERR/);
  await quit(first);
  const second = await session();
  assert.equal((await uidls(second)).length, 1);
  assert.match((await second.multiline('RETR 1')).body.toString(), /^Subject: fine\r$/m);
  assert.match(await second.command('DELE 1'), /^\+OK/);
  await quit(second);
  assert.equal((await dovecot.messages(user)).length, 1);

  const entry = JSON.parse(await quarantine('list', '--json'));
  await quarantine('release', entry.code);
  const third = await session();
  assert.equal((await uidls(third)).length, 1);
  assert.deepEqual((await third.multiline('RETR 1')).body, message('block this'));
  await quit(third);
});

test('what was hidden is shown again where nothing can hide any longer', async (t) => {
  if (!needs(t, missing)) return;
  const { postern, session } = await scene(['block this'], { on_block: 'hide' });
  await using _proxy = postern;
  const first = await session();
  assert.match((await first.multiline('RETR 1')).status, /^-ERR/);
  await quit(first);
  await postern.reload({ plugins: [{ use: './judge.mjs', on_block: 'tag' }] });
  const second = await session();
  assert.match(
    (await second.multiline('RETR 1')).body.toString(),
    /^X-Postern-Finding: judge=bad/m,
  );
  await quit(second);
});

test('strip takes the part out, keeps the rest, and the original is held', async (t) => {
  if (!needs(t, missing)) return;
  const { postern, session, quarantine } = await scene(['block this'], { on_block: 'strip' });
  await using _proxy = postern;
  const client = await session();
  const { body } = await client.multiline('RETR 1');
  const text = body.toString('latin1');
  assert.ok(text.includes('harmless text\r\n.a line with a dot\r\n--b\r\n'));
  assert.ok(!text.includes('evil octets'));
  assert.match(text, /^X-Postern-Finding: judge=bad\r$/m);
  const code = codeIn(body);
  assert.match(await client.command('DELE 1'), /^\+OK/, 'the original is safe');
  await quit(client);
  assert.match(await quarantine('show', code), /judge/);
});

test('a policy by account decides for that account only, and shadow for nobody', async (t) => {
  if (!needs(t, missing)) return;
  const mine = `kept${users}`;
  const tagged = await scene(['block this'], { policy: [{ accounts: [mine], action: 'tag' }] });
  await using _first = tagged.postern;
  const first = await tagged.session();
  assert.match(
    (await first.multiline('RETR 1')).body.toString('latin1'),
    /^X-Postern-Finding: judge=bad\r$[\s\S]*evil octets/m,
  );
  await quit(first);
  const shadowed = await scene(['block this', 'defer this'], { shadow: true });
  await using _second = shadowed.postern;
  const second = await shadowed.session();
  assert.ok((await second.multiline('RETR 1')).body.includes('evil octets'));
  assert.match((await second.multiline('RETR 2')).status, /^\+OK/);
  await quit(second);
});

test('a scanner that cannot judge holds the message where that is configured', async (t) => {
  if (!needs(t, missing)) return;
  const { user, postern, session } = await scene(['defer this'], { on_tempfail: 'hold' });
  await using _proxy = postern;
  const client = await session();
  const { body } = await client.multiline('RETR 1');
  assert.match(body.toString('latin1'), /^Subject: \[Held\] defer this\r$/m);
  assert.match(await client.command('DELE 1'), /^\+OK/);
  await quit(client);
  assert.equal((await dovecot.messages(user)).length, 0, 'the original is held');
});

test('a digest lists what was held, once, and is deleted like any message', async (t) => {
  if (!needs(t, missing)) return;
  const { user, postern, session } = await scene(
    ['block this', 'fine'],
    {},
    { digest: { enabled: true } },
  );
  await using _proxy = postern;
  const first = await session();
  assert.match(await first.command('STAT'), /^\+OK 2 /);
  const code = codeIn((await first.multiline('RETR 1')).body);
  await quit(first);
  const second = await session();
  assert.equal((await uidls(second)).length, 3);
  const digest = await second.multiline('RETR 3');
  assert.ok(digest.body.includes(code));
  assert.match(await second.command('DELE 3'), /^\+OK/);
  await quit(second);
  const third = await session();
  assert.equal((await uidls(third)).length, 2);
  await quit(third);
  assert.equal((await dovecot.messages(user)).length, 2);
});

test('a session ends with the chain it began with, and a bad file changes nothing', async (t) => {
  if (!needs(t, missing)) return;
  const { postern, session } = await scene(['block this']);
  await using _proxy = postern;
  const before = await session();
  await postern.reload({ plugins: [] });
  const during = await session();
  assert.ok((await during.multiline('RETR 1')).body.includes('evil octets'));
  await quit(during);
  assert.ok(!(await before.multiline('RETR 1')).body.includes('evil octets'));
  await quit(before);
  await assert.rejects(postern.reload({ plugins: [{ use: './nowhere.mjs' }] }), {
    code: 'CONFIG_INVALID',
  });
  const after = await session();
  assert.ok((await after.multiline('RETR 1')).body.includes('evil octets'));
  await quit(after);
});
