import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import attachmentLinks from '../../../plugins/attachment-links/index.ts';
import { temporaryFolder } from '../../helpers/process.ts';
import { letter, outputOf } from '../letters.ts';

const options = { folder: 'files', base_url: 'https://files.example.org/m/', min_size: '1KB' };
const large = Buffer.alloc(1024, 'large content ');
const small = Buffer.alloc(1023, 'small content ');

function attached(fileName: string, content: Buffer): string[] {
  return [
    '--m',
    'Content-Type: application/octet-stream',
    `Content-Disposition: attachment; filename="${fileName}"`,
    'Content-Transfer-Encoding: base64',
    '',
    content.toString('base64'),
  ];
}

function message(...parts: readonly (readonly string[])[]): Buffer {
  const head = ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=m', ''];
  return letter(...head, '--m', '', 'Hello.', ...parts.flat(), '--m--');
}

const digest = createHash('sha256').update(large).digest('hex').slice(0, 40);

test('a large attachment is saved and a link put in its place; small ones and texts stay', async () => {
  await using folder = await temporaryFolder('attachment-links');
  const before = message(attached('Big file.pdf', large), attached('small.pdf', small));
  const facts = { folder: folder.path };
  const output = await outputOf(attachmentLinks, options, before, facts);
  const name = `${digest}-Big_file.pdf`;
  assert.ok(output.includes(`https://files.example.org/m/${name}`), output);
  assert.ok(!output.includes(large.toString('base64')));
  assert.ok(output.includes(attached('small.pdf', small).join('\r\n')));
  assert.ok(output.includes('--m\r\n\r\nHello.\r\n'));
  assert.deepEqual(await readdir(join(folder.path, 'files')), [name]);
  assert.deepEqual(await readFile(join(folder.path, 'files', name)), large);
});

test('the same message fetched again saves nothing more', async () => {
  await using folder = await temporaryFolder('attachment-links');
  const facts = { folder: folder.path };
  const before = message(attached('a.pdf', large));
  const first = await outputOf(attachmentLinks, options, before, facts);
  assert.equal(await outputOf(attachmentLinks, options, before, facts), first);
  assert.equal((await readdir(join(folder.path, 'files'))).length, 1);
});

const names: readonly (readonly [string, string])[] = [
  ['../../../etc/passwd', '.._.._.._etc_passwd'],
  ['a b"<c>.html', 'a_b'],
  ['.htaccess', '.htaccess'],
  [`${'x'.repeat(200)}.pdf`, `${'x'.repeat(76)}.pdf`],
];

for (const [given, expected] of names) {
  test(`the file name ${given.slice(0, 30)} leads nowhere else`, async () => {
    await using folder = await temporaryFolder('attachment-links');
    const before = message(attached(given, large));
    await outputOf(attachmentLinks, options, before, { folder: folder.path });
    assert.deepEqual(await readdir(folder.path), ['files']);
    assert.deepEqual(await readdir(join(folder.path, 'files')), [`${digest}-${expected}`]);
  });
}

test('an attachment of a signed message stays', async () => {
  await using folder = await temporaryFolder('attachment-links');
  const signed = letter(
    'MIME-Version: 1.0',
    'Content-Type: multipart/signed; boundary=s; protocol="application/pgp-signature"',
    '',
    '--s',
    'Content-Type: multipart/mixed; boundary=m',
    '',
    ...attached('a.pdf', large),
    '--m--',
    '--s',
    'Content-Type: application/pgp-signature',
    '',
    'x',
    '--s--',
  );
  const output = await outputOf(attachmentLinks, options, signed, { folder: folder.path });
  assert.equal(output, signed.toString('latin1'));
  assert.deepEqual(await readdir(join(folder.path, 'files')), []);
});

for (const wrong of [
  { base_url: 'https://files.example.org' },
  { base_url: 'ftp://files.example.org/' },
  { min_size: 5_000_000 },
  { min_size: '21MB' },
  { min_size: '0KB' },
]) {
  test(`refused: ${JSON.stringify(wrong)}`, () => {
    assert.equal(attachmentLinks.options?.safeParse({ ...options, ...wrong }).success, false);
  });
}
