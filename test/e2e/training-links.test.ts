// What strangers and robots can do with the links behind which readers teach, before a real Dovecot: nothing.
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { get as getByHttps } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { dayOf, TokenSigner } from '../../src/base/signed-token.ts';
import { dovecotMissing } from '../helpers/dovecot.ts';
import { needs } from '../helpers/requirement.ts';
import {
  certificates,
  letter,
  linkIn,
  openSchool,
  type Page,
  type Scene,
  type School,
  visitor,
} from '../helpers/training-scene.ts';

const missing = dovecotMissing();
let school: School;

before(async () => {
  if (missing === undefined) school = await openSchool(12);
});

after(() => school?.[Symbol.asyncDispose]());

async function signerOf({ postern }: Scene): Promise<TokenSigner> {
  const text = await readFile(join(postern.folder, 'state', 'training.key'), 'latin1');
  return new TokenSigner(createSecretKey(Buffer.from(text, 'base64')));
}

function getSecurely(port: number, path: string): Promise<{ status: number; text: string }> {
  const options = {
    host: '127.0.0.1',
    port,
    path,
    ca: certificates.caPem,
    servername: 'localhost',
  };
  return new Promise((resolve, reject) => {
    const request = getByHttps(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.once('error', reject);
  });
}

for (const workers of [undefined, 2]) {
  const where = workers === undefined ? 'one process' : `${workers} workers`;

  test(`${where}: the page shows the certificate of a listener`, async (t) => {
    if (!needs(t, missing)) return;
    const user = school.newUser();
    await school.dovecot.deliver(user, [letter('ham of a friend')]);
    await using running = await school.scene({
      links: { certificate_of: 'implicit' },
      ...(workers === undefined ? {} : { workers }),
    });
    const token = linkIn((await running.retrieve(user))[0]).slice(running.base.length);
    const { status, text } = await getSecurely(running.pages, `/learn/${token}`);
    assert.equal(status, 200);
    assert.match(text, /ham of a friend/);
  });
}

test('sizes are listed as they will be, with the link', async (t) => {
  if (!needs(t, missing)) return;
  const user = school.newUser();
  await school.dovecot.deliver(user, [letter('ham of a friend'), letter('spam of a stranger')]);
  await using running = await school.scene({ links: { footer: ['spam'] } });
  const [first] = await running.sizes(user);
  const retrieved = (await running.retrieve(user)).map(({ length }) => length);
  assert.equal(first, retrieved[0], 'a field of the header is allowed for');
  assert.deepEqual(await running.sizes(user), retrieved, 'a footer is known the next time');
});

/** All that tells one answer from another. */
function seen({ status, text, headers }: Page): object {
  return { status, text, fields: [...headers].filter(([name]) => name !== 'date') };
}

test('forged, cut, expired, foreign and unknown links get one answer, and teach nothing', async (t) => {
  if (!needs(t, missing)) return;
  const user = school.newUser();
  await school.dovecot.deliver(user, [letter('ham of a friend')]);
  await using running = await school.scene();
  const link = linkIn((await running.retrieve(user))[0]);
  const token = link.slice(running.base.length);
  const signer = await signerOf(running);
  const today = dayOf(Date.now());
  const known = signer.verify(token, Date.now());
  assert.ok(known !== undefined);
  const foreign = new TokenSigner(createSecretKey(Buffer.alloc(32, 1)));
  const { object } = known;
  const bad = [
    'x',
    '',
    token.slice(1),
    `${token}A`,
    token.toLowerCase(),
    `${token.slice(0, 20)}${token[20] === 'A' ? 'B' : 'A'}${token.slice(21)}`,
    signer.sign({ ...known, lastDay: today - 1 }),
    foreign.sign(known),
    signer.sign({ ...known, object: Buffer.alloc(16) }),
    signer.sign({ purpose: 'release', object, lastDay: today + 1 }),
    '..%2f..%2fetc%2fpasswd',
    '%00',
  ];
  const { get, press } = visitor(running);
  const expected = seen(await get(running.base + bad[0]));
  assert.match(JSON.stringify(expected), /This link does not work/);
  for (const each of bad) {
    assert.deepEqual(seen(await get(running.base + each)), expected, each);
    assert.deepEqual(seen(await press(running.base + each, 'spam')), expected, each);
  }
  // What no button sends is no better, even with a good link.
  for (const act of ['release', 'SPAM', '', '__proto__']) {
    assert.deepEqual(seen(await press(link, act)), expected, act);
  }
  assert.deepEqual(await running.taught(0), []);
});

test('pages run no script, load nothing, are framed by nobody, kept by nobody and told to nobody', async (t) => {
  if (!needs(t, missing)) return;
  const user = school.newUser();
  const subject = 'ham =?utf-8?b?PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0PuKAruKBpg==?= "\'>&';
  await school.dovecot.deliver(user, [letter(subject)]);
  await using running = await school.scene();
  const link = linkIn((await running.retrieve(user))[0]);
  const { get, ask } = visitor(running);
  const { text, headers } = await get(link);
  assert.match(
    text,
    /<td dir="auto">ham &#60;script&#62;alert\(1\)&#60;\/script&#62;\s+&#34;&#39;&#62;&#38;<\/td>/,
  );
  assert.doesNotMatch(text, /[\u202e\u2066]/);
  assert.doesNotMatch(text, /<script|https?:/);
  const policy = headers.get('content-security-policy') ?? '';
  for (const rule of ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"]) {
    assert.ok(policy.includes(rule), rule);
  }
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(headers.get('referrer-policy'), 'no-referrer');
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.match((await get(link, { 'accept-language': 'de-AT,en;q=0.5' })).text, /Das ist Spam/);

  assert.equal((await ask(link, { method: 'HEAD' })).status, 200);
  assert.equal((await ask(link, { method: 'DELETE' })).status, 405);
  const body = `act=spam&${'x'.repeat(5000)}`;
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  assert.equal((await ask(link, { method: 'POST', body, headers: type })).status, 404);
  const json = { 'content-type': 'text/plain' };
  assert.equal((await ask(link, { method: 'POST', body: 'act=spam', headers: json })).status, 404);
  assert.deepEqual(await running.taught(0), []);
});

test('who asks too often has to wait, and the others have not', async (t) => {
  if (!needs(t, missing)) return;
  await using running = await school.scene();
  const { get } = visitor(running);
  const from = (address: string) => get(`${running.base}x`, { 'x-forwarded-for': address });
  const burst = async (address: string): Promise<Page[]> =>
    Promise.all(Array.from({ length: 30 }, () => from(address)));
  const answers: Page[] = [];
  for (let round = 0; round < 10; round += 1) answers.push(...(await burst('192.0.2.7')));
  const limited = answers.find(({ status }) => status === 429);
  assert.equal(limited?.headers.get('retry-after'), '60');
  assert.equal((await from('192.0.2.8')).status, 404);
  const behind = await burst('192.0.2.8, 192.0.2.7');
  assert.ok(
    behind.some(({ status }) => status === 429),
    'the last address counts',
  );
});

test('who sends a request without an end holds up nobody', async (t) => {
  if (!needs(t, missing)) return;
  await using running = await school.scene();
  const slow = Array.from({ length: 40 }, () => {
    const socket = connect(running.pages, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\na');
    return socket;
  });
  const huge = connect(running.pages, '127.0.0.1');
  huge.on('error', () => {});
  huge.write(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(100_000)}`);
  assert.equal((await visitor(running).get(`${running.base}x`)).status, 404);
  for (const socket of [...slow, huge]) socket.destroy();
});

test('a lesson that an engine cannot take is noted, and given again later', async (t) => {
  if (!needs(t, missing)) return;
  const user = school.newUser();
  await school.dovecot.deliver(user, [letter('ham indigestible')]);
  await using running = await school.scene();
  const link = linkIn((await running.retrieve(user))[0]);
  const page = await visitor(running).press(link, 'spam');
  assert.equal(page.status, 200);
  assert.match(page.text, /It is noted/);
});

test('the link stands below the texts of a message, but in nothing that is signed', async (t) => {
  if (!needs(t, missing)) return;
  const user = school.newUser();
  const alternative = letter(
    'spam of a stranger',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'plain words',
    '--b',
    'Content-Type: text/html',
    '',
    '<html><body><p>words</p></body></html>',
    '--b--',
  );
  const signed = letter(
    'spam signed',
    'MIME-Version: 1.0',
    'Content-Type: multipart/signed; boundary=s; protocol="application/pgp-signature"',
    '',
    '--s',
    'Content-Type: text/plain',
    '',
    'signed words',
    '--s',
    'Content-Type: application/pgp-signature',
    '',
    'signature',
    '--s--',
  );
  const forged = letter('ham forged', 'X-Postern-Learn: <https://mail.example.net/learn/x>');
  await school.dovecot.deliver(user, [alternative, signed, forged]);
  await using running = await school.scene({ links: { footer: ['spam'] } });
  const [both, sealed, plain] = (await running.retrieve(user)).map((each) =>
    each.toString('latin1'),
  );
  const link = linkIn(Buffer.from(both ?? ''));
  assert.ok(both?.includes(`plain words\r\n\r\nThis is not spam: ${link}\r\n`), both);
  assert.ok(both?.includes(`<p><a href="${link}">This is not spam</a></p></body>`), both);
  assert.ok(sealed?.includes('\r\n\r\nsigned words\r\n--s\r\n'), sealed);
  assert.equal(plain?.match(/X-Postern-Learn/g)?.length, 1, 'what the sender wrote is gone');
  assert.doesNotMatch(plain ?? '', /This is/, 'no footer for what was taken for wanted mail');
});
