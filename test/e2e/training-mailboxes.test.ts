// What is learned from what readers forward, and what they release themselves: retrieved with real mail
// programs through Postern, from a real Dovecot.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RealClient } from '../helpers/client-workplace.ts';
import { dovecotMissing } from '../helpers/dovecot.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { fetchmail, mpop } from '../helpers/real-clients.ts';
import { needs } from '../helpers/requirement.ts';
import {
  certificates,
  letter,
  linkIn,
  openSchool,
  password,
  type Scene,
  type School,
  visitor,
} from '../helpers/training-scene.ts';

const missing = dovecotMissing();
let school: School;

before(async () => {
  if (missing === undefined) school = await openSchool(24);
});

after(() => school?.[Symbol.asyncDispose]());

/** As a mail program forwards messages as attachments. */
function forwarded(...originals: readonly Buffer[]): Buffer {
  const parts = originals.flatMap((original) => [
    Buffer.from('--f\r\nContent-Type: message/rfc822\r\n\r\n'),
    original,
    Buffer.from('\r\n'),
  ]);
  const head = [
    'From: anybody@example.org',
    'Subject: ham Fwd',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=f',
    '',
    '--f',
    '',
    'see below',
    '',
  ].join('\r\n');
  return Buffer.concat([Buffer.from(head), ...parts, Buffer.from('--f--\r\n')]);
}

async function collect(client: RealClient, { postern }: Scene, user: string): Promise<void> {
  const { code, stderr } = await client.download({
    port: postern.port('implicit'),
    tls: 'implicit',
    ca: certificates.caPem,
    user,
    password,
    afterwards: 'delete',
  });
  assert.equal(code, 0, stderr);
}

for (const client of [mpop, fetchmail]) {
  test(`${client.name} collects what was forwarded as spam, and its readers are believed by their links`, async (t) => {
    if (!needs(t, missing ?? client.missing())) return;
    const [ann, bob, trap] = [school.newUser(), school.newUser(), school.newUser()];
    await school.dovecot.deliver(ann, [letter('ham first'), letter('ham second')]);
    await school.dovecot.deliver(bob, [letter('ham third')]);
    await using running = await school.scene({
      training: { mailboxes: [{ user: trap, as: 'spam' }] },
    });
    const [first, second] = await running.retrieve(ann);
    const [third] = await running.retrieve(bob);
    assert.ok(first !== undefined && second !== undefined && third !== undefined);

    const copied = linkIn(third).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const forged = letter('ham never', `X-Postern-Learn: <${copied}>`);
    const inline = letter('ham Fwd: third', '', `> X-Postern-Learn: <${linkIn(third)}>`);
    await school.dovecot.deliver(trap, [
      forwarded(first, second, forged),
      letter('ham of a spammer who hopes to be learned'),
      inline,
    ]);
    await collect(client, running, trap);

    const taught = await running.taught(3);
    assert.deepEqual(
      taught.map(({ as, source, weight, user, subject }) => [as, source, weight, user, subject]),
      [
        ['spam', 'forwarded', 'correction', ann, 'ham first'],
        ['spam', 'forwarded', 'correction', ann, 'ham second'],
        ['spam', 'forwarded', 'correction', bob, 'ham third'],
      ],
    );
    assert.deepEqual(
      taught.map(({ octets }) => octets),
      [letter('ham first'), letter('ham second'), letter('ham third')].map(({ length }) => length),
      'what is learned is what was kept, not what was sent in',
    );
  });
}

test('examples for all need no link where the configuration says so, and teach no account', async (t) => {
  if (!needs(t, missing ?? mpop.missing())) return;
  const trap = school.newUser();
  const mailboxes = [{ user: trap, as: 'spam', unsigned: 'shared' }];
  await school.dovecot.deliver(trap, [forwarded(letter('buy this'))]);
  await using running = await school.scene({ training: { mailboxes } });
  await collect(mpop, running, trap);
  const taught = await running.taught(1);
  assert.deepEqual(
    taught.map(({ as, user, subject }) => [as, user, subject]),
    [['spam', null, 'buy this']],
  );
});

test('what is collected twice is learned once', async (t) => {
  if (!needs(t, missing)) return;
  const [ann, trap, other] = [school.newUser(), school.newUser(), school.newUser()];
  await school.dovecot.deliver(ann, [letter('ham first'), letter('ham last')]);
  const mailboxes = [trap, other].map((user) => ({ user, as: 'spam' }));
  await using running = await school.scene({ training: { mailboxes } });
  const [first, last] = await running.retrieve(ann);
  assert.ok(first !== undefined && last !== undefined);
  await school.dovecot.deliver(trap, [forwarded(first)]);
  await running.retrieve(trap);
  await running.taught(1);
  await running.retrieve(trap);
  await school.dovecot.deliver(other, [forwarded(last)]);
  await running.retrieve(other);
  const taught = await running.taught(2);
  assert.deepEqual(
    taught.map(({ subject }) => subject),
    ['ham first', 'ham last'],
  );
});

test('a reader releases spam himself, once, and nothing that a scanner has found', async (t) => {
  if (!needs(t, missing)) return;
  const user = school.newUser();
  await school.dovecot.deliver(user, [letter('spam wanted'), letter('virus unwanted')]);
  await using running = await school.scene({
    training: { quarantine: {}, reader_release: {} },
    settings: { spam: { on_spam: 'hold' }, digest: { enabled: true, every: '1m' } },
  });
  const [held, blocked] = (await running.retrieve(user)).map((each) => each.toString('latin1'));
  const link = releaseLinkIn(held ?? '', running);
  assert.ok(link !== undefined, held);
  assert.equal(releaseLinkIn(blocked ?? '', running), undefined, 'no link beside a virus');
  assert.doesNotMatch(held ?? '', /X-Postern-Learn/);

  const { get, press } = visitor(running);
  for (let visit = 0; visit < 5; visit += 1) {
    assert.match((await get(link)).text, /<button name="act" value="release">/);
  }
  assert.equal((await running.retrieve(user)).length, 3, 'both notices and a digest');
  const answers = await Promise.all([1, 2, 3, 4].map(() => press(link, 'release')));
  for (const { text } of answers) assert.match(text, /comes with your next mail/);
  assert.doesNotMatch((await get(link)).text, /<button/);

  const all = (await running.retrieve(user)).map((each) => each.toString('latin1'));
  assert.equal(all.filter((each) => each === letter('spam wanted').toString()).length, 1);
  const digest = all.find((each) => /^Subject: Messages held back/m.test(each));
  assert.ok(digest !== undefined && releaseLinkIn(digest, running) !== undefined);
  const taught = await running.taught(1);
  assert.deepEqual(
    taught.map(({ as, source, subject }) => [as, source, subject]),
    [['ham', 'quarantine', 'spam wanted']],
  );
});

test('a link of before is good for nothing once readers may release no more', async (t) => {
  if (!needs(t, missing)) return;
  const user = school.newUser();
  await school.dovecot.deliver(user, [letter('spam wanted')]);
  await using running = await school.scene({
    training: { reader_release: {} },
    settings: { spam: { on_spam: 'hold' } },
  });
  const [held] = await running.retrieve(user);
  const link = releaseLinkIn(held?.toString('latin1') ?? '', running) ?? '';
  const { get, press } = visitor(running);
  assert.match((await get(link)).text, /Get this message/);
  await running.reload({ spam: { on_spam: 'hold' } });
  assert.equal((await press(link, 'release')).status, 404);
  const client = await Pop3Client.connect({ port: running.postern.port('none') });
  await client.login(user, password);
  assert.match(await client.command('STAT'), /^\+OK 1 /);
  await client.command('QUIT');
});

/** Of the plain text, whose transfer encoding may break lines. */
function releaseLinkIn(text: string, { base }: Scene): string | undefined {
  const joined = text.replaceAll('=\r\n', '').replaceAll('=3D', '=');
  const at = joined.indexOf(base);
  return at === -1 ? undefined : joined.slice(at, at + base.length + 47);
}
