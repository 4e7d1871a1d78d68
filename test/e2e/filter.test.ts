// Ordinary mail through the whole chain over a real clamd: it arrives with its body untouched, and what
// carries programs is kept.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { clamdMissing, type RunningClamd, startClamd } from '../helpers/clamd.ts';
import { mailSample } from '../helpers/corpus.ts';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { type MultilineReply, Pop3Client } from '../helpers/pop3-client.ts';
import { type PosternInProcess, quarantinedOriginals, startPostern } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const password = 'secret';
const sampleSize = 300;
const missing = dovecotMissing() ?? clamdMissing();

let clamd: RunningClamd;
let dovecot: RunningDovecot;

before(async () => {
  if (missing !== undefined) return;
  clamd = await startClamd();
  const users = [{ name: 'sample', password }];
  dovecot = await startDovecot({ users, tls: certificates.server });
});

after(async () => {
  await clamd?.stop();
  await dovecot?.stop();
});

test(`${sampleSize} ordinary messages arrive with their bodies unchanged`, async (t) => {
  if (!needs(t, missing)) return;
  await dovecot.deliver('sample', await mailSample(t, sampleSize, 2449));
  const direct = await download(dovecot.pop3Port, 'sample');
  await using postern = await startFilter();
  const filtered = await download(postern.port('implicit'), 'sample', 'implicit');
  const originals = [...(await quarantinedOriginals(postern)).values()];

  let replaced = 0;
  for (const [index, { body: original }] of direct.messages.entries()) {
    const given = filtered.messages[index]!.body;
    const hasProgram = /name\*?\d*\*?\s*=\s*"?[^"\r\n]*\.(?:exe|scr|pif|com|bat|cmd|vbs|js|lnk)\b/i;
    if (!bodyOf(given).equals(bodyOf(original)) && hasProgram.test(original.toString('latin1'))) {
      replaced++;
      assert.ok(
        originals.some((octets) => octets.equals(original)),
        `message ${index} is kept`,
      );
      continue;
    }
    assertOnlyHeadersDiffer(given, original, `message ${index}`);
    assert.match(given.toString('latin1'), /^X-Filtered: yes\r\n/m);
  }
  t.diagnostic(`${replaced} of ${sampleSize} messages carried programs`);

  const audit = (await readFile(join(postern.folder, 'audit.jsonl'), 'utf8')).trim().split('\n');
  for (const line of audit) JSON.parse(line);
  assert.ok(audit.length >= sampleSize);
  assert.ok(!audit.some((line) => line.includes(password)));
});

function startFilter(): Promise<PosternInProcess> {
  return startPostern({
    upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
    certificates,
    plugins: [
      { use: 'clamav', timeout: '60s', options: { socket: clamd.socketPath } },
      { use: 'attachment-policy' },
      { use: 'header-rewrite', options: { add: [{ name: 'X-Filtered', value: 'yes' }] } },
      { use: 'audit-log', options: { file: './audit.jsonl' } },
    ],
  });
}

interface Maildrop {
  readonly uidl: string;
  readonly messages: readonly MultilineReply[];
}

async function download(
  port: number,
  user: string,
  tls: 'none' | 'implicit' = 'none',
): Promise<Maildrop> {
  const client = await Pop3Client.connect({ port, tls, ca: certificates.caPem });
  await client.login(user, password);
  const uidl = (await client.multiline('UIDL')).body.toString('latin1');
  const messages = await client.retrieveAll();
  for (const { status } of messages) assert.match(status, /^\+OK/);
  assert.match(await client.command('QUIT'), /^\+OK/);
  await client.closed;
  return { uidl, messages };
}

function assertOnlyHeadersDiffer(given: Buffer, original: Buffer, name: string): void {
  assert.ok(bodyOf(given).equals(bodyOf(original)), `${name}: the body is unchanged`);
  const header = headerOf(given);
  const rest = headerOf(original)
    .split(/\r\n(?![ \t])/)
    .filter((field) => !header.includes(field));
  assert.deepEqual(rest, [], `${name}: every header field is still there`);
}

function headerOf(message: Buffer): string {
  const end = message.indexOf('\r\n\r\n');
  return message.subarray(0, end === -1 ? message.length : end + 2).toString('latin1');
}

function bodyOf(message: Buffer): Buffer {
  const end = message.indexOf('\r\n\r\n');
  return end === -1 ? Buffer.alloc(0) : message.subarray(end + 4);
}
