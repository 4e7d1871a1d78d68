// Mail from Dovecot through the proxy and past rules of YARA: what they name is taken out and the rest
// delivered, and changed rules count from the next reload on, unless there is a mistake in them.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assembleEicar } from '../../src/demo/eicar.ts';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { type PosternInProcess, startPostern } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';
import { yaraMissing } from '../plugins/yara/rule-folder.ts';

const certificates = makeTestCertificates();
const password = 'secret';
const missing = dovecotMissing() ?? yaraMissing();
const eicar = Buffer.from(assembleEicar());
const eicarRule = `rule Eicar_Test { strings: $a = { ${eicar.toString('hex')} } condition: $a }\n`;

let dovecot: RunningDovecot;

before(async () => {
  if (missing !== undefined) return;
  const users = ['ann', 'bob'].map((name) => ({ name, password }));
  dovecot = await startDovecot({ users, tls: certificates.server });
});

after(async () => {
  await dovecot?.stop();
});

function letter(attachment: Buffer): Buffer {
  return Buffer.from(
    'From: ann@example.org\r\nSubject: hello\r\nMIME-Version: 1.0\r\n' +
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n' +
      'the text of the letter\r\n--b\r\nContent-Type: application/octet-stream; name=x.bin\r\n' +
      `Content-Transfer-Encoding: base64\r\n\r\n${attachment.toString('base64')}\r\n--b--\r\n`,
  );
}

function startFilter(): Promise<PosternInProcess> {
  return startPostern({
    upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
    certificates,
    plugins: [plugin],
    files: { 'eicar.yar': eicarRule },
  });
}

const plugin = { use: 'yara', on_block: 'strip', timeout: '60s', options: { rules: ['*.yar'] } };

async function firstLetter(postern: PosternInProcess, user: string): Promise<string> {
  const port = postern.port('implicit');
  const client = await Pop3Client.connect({ port, tls: 'implicit', ca: certificates.caPem });
  await client.login(user, password);
  const [message] = await client.retrieveAll();
  assert.match(await client.command('QUIT'), /^\+OK/);
  await client.closed;
  return message?.body.toString('latin1') ?? '';
}

test('the part that a rule matches is taken out, and the rest of the letter delivered', async (t) => {
  if (!needs(t, missing)) return;
  await dovecot.deliver('ann', [letter(eicar)]);
  await using postern = await startFilter();
  const given = await firstLetter(postern, 'ann');
  assert.match(given, /the text of the letter/);
  assert.match(given, /Eicar_Test/);
  assert.ok(!given.includes(eicar.toString('base64').slice(0, 40)));
});

test('changed rules count after a reload, and a mistake in them changes nothing', async (t) => {
  if (!needs(t, missing)) return;
  await dovecot.deliver('bob', [letter(Buffer.from('something new'))]);
  await using postern = await startFilter();
  assert.doesNotMatch(await firstLetter(postern, 'bob'), /Something_New/);
  const file = join(postern.folder, 'new.yar');
  await writeFile(file, 'rule Something_New { strings: $a = "thing new" condition: $a }');
  await postern.reload({ plugins: [plugin] });
  assert.match(await firstLetter(postern, 'bob'), /Something_New/);
  await writeFile(file, 'rule Something_New { condition: $b }');
  await assert.rejects(postern.reload({ plugins: [plugin] }), /new\.yar:1:33: unknown pattern/);
  assert.match(await firstLetter(postern, 'bob'), /Something_New/);
});
