// Every real mail program gets the notice in place of a blocked message, the original once it is released,
// and the digest; each program deletes what it got, and nothing is left anywhere.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { toCrlf } from '../../src/message/line-ends.ts';
import { builtinLanguages } from '../../src/pipeline/notice/language.ts';
import { wordingOf } from '../../src/pipeline/notice/languages.ts';
import { dovecotMissing, startDovecot } from '../helpers/dovecot.ts';
import { readOwnMessage } from '../helpers/own-message.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { type PosternInProcess, startPostern } from '../helpers/postern.ts';
import { withQuarantine } from '../helpers/quarantine.ts';
import { realClients } from '../helpers/real-clients.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const password = 'pass-word';

const blockAll = `export default {
  name: 'judge',
  setup: () => ({
    inspect: async () => ({ kind: 'block', finding: 'bad<b>', explanation: 'It is "bad" & <i>.' }),
  }),
};
`;

const hostile = Buffer.from(
  [
    'From: "Ann =?utf-8?q?=0D=0ABcc:_x?= <b>" <ann@example.org>',
    'To: joe@example.org',
    'Subject: =?utf-8?b?w7xiZXIgPHNjcmlwdD4=?= --=_ and -->',
    'Date: Mon, 23 Nov 2026 10:00:00 +0000',
    'Message-ID: <1@example.org>',
    '',
    'evil octets',
    '',
  ].join('\r\n'),
);

/** Releases what is held; gives the codes. */
function releaseAll({ quarantineFolder, folder }: PosternInProcess): Promise<string[]> {
  const keyFile = join(folder, 'state', 'quarantine.key');
  return withQuarantine(quarantineFolder, keyFile, async (quarantine) => {
    const held = await quarantine.list({ states: ['held'] });
    for (const { id } of held) await quarantine.mark(id, 'released');
    return held.map(({ code }) => code);
  });
}

for (const [index, realClient] of realClients.entries()) {
  const language = builtinLanguages[index % builtinLanguages.length] ?? 'en';
  test(`${realClient.name} gets notice, digest and released original (${language})`, async (t) => {
    if (!needs(t, dovecotMissing() ?? realClient.missing())) return;
    await using dovecot = await startDovecot({
      users: [{ name: 'joe', password }],
      tls: certificates.server,
    });
    await dovecot.deliver('joe', [hostile]);
    await using postern = await startPostern({
      upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
      certificates,
      plugins: [{ use: './judge.mjs' }],
      files: { 'judge.mjs': blockAll },
      settings: { notice: { language, contact: 'the help desk' }, digest: { enabled: true } },
    });
    const mailbox = {
      ca: certificates.caPem,
      user: 'joe',
      password,
      port: postern.port('none'),
      tls: 'none',
    } as const;
    const poll = async (): Promise<readonly Buffer[]> => {
      const result = await realClient.download({ ...mailbox, afterwards: 'delete' });
      assert.equal(result.code, 0, result.stderr);
      return result.messages;
    };

    const [notice, ...none] = await poll();
    assert.deepEqual(none, []);
    assert.ok(notice !== undefined);
    assert.deepEqual(await dovecot.messages('joe'), [], 'the notice is gone upstream');
    const wording = wordingOf(language);
    const read = await readOwnMessage(wireOf(notice));
    assert.ok(read.header.text('Subject')?.startsWith(`[${wording.kinds.replace.mark}]`));
    assert.ok(!read.html.includes('<script>') && !read.html.includes('<i>'));

    const [digest] = await poll();
    assert.ok(digest !== undefined);
    const list = await readOwnMessage(wireOf(digest));
    const [code = ''] = await releaseAll(postern);
    assert.ok(read.text.includes(code) && list.text.includes(code));
    const [original, ...rest] = await poll();
    assert.deepEqual(rest, []);
    assert.ok(original?.includes('evil octets'));
    const client = await Pop3Client.connect({ port: postern.port('none') });
    await client.login('joe', password);
    assert.match(await client.command('STAT'), /^\+OK 0 /);
    client.destroy();
  });
}

/** As it went over the wire: programs store LF, and some add fields of their own on top. */
function wireOf(stored: Buffer): Buffer {
  const text = toCrlf(stored).toString('latin1');
  const own = text
    .split('\r\n')
    .findIndex((line) => /^(?:X-Postern|From|Auto-Submitted)/.test(line));
  return Buffer.from(text.split('\r\n').slice(own).join('\r\n'), 'latin1');
}
