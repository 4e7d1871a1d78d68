import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readStoredMail } from '../../src/cli/stored-mail.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';
import { postern } from './postern.ts';

let folder: TemporaryFolder;

before(async () => {
  folder = await temporaryFolder('replay');
  await writeFile(join(folder.path, 'judge.mjs'), judge);
  await writeFile(join(folder.path, 'old.yaml'), configuration('[]'));
  await writeFile(join(folder.path, 'new.yaml'), configuration('[{use: ./judge.mjs}]'));
});

after(() => folder[Symbol.asyncDispose]());

const judge = `export default {
  name: 'judge',
  setup: () => ({
    async inspect(message) {
      const subject = (await message.headers()).get('Subject') ?? '';
      return subject === 'bad' ? { kind: 'block', finding: 'is-bad' } : { kind: 'pass' };
    },
    async transform({ edit }, next) {
      if (edit.get('Subject') === 'odd') edit.add('X-Odd', 'yes');
      await next();
    },
  }),
};
`;

function configuration(plugins: string): string {
  return `listeners: [{name: l, port: 0, tls: none}]
routes: [{name: r, upstream: {host: localhost}}]
plugins: ${plugins}
`;
}

async function names(path: string): Promise<(readonly [string, string])[]> {
  const found: (readonly [string, string])[] = [];
  for await (const { name, content } of readStoredMail(path)) {
    found.push([name.slice(folder.path.length + 1), content.toString('latin1')]);
  }
  return found;
}

test('replay prints what a new configuration would change and ends with 3', async () => {
  const mail = join(folder.path, 'mail');
  await mkdir(mail);
  for (const subject of ['bad', 'fine', 'odd']) {
    await writeFile(join(mail, `${subject}.eml`), `Subject: ${subject}\n\nbody\n`);
  }
  const files = [
    '--config',
    join(folder.path, 'new.yaml'),
    '--against',
    join(folder.path, 'old.yaml'),
  ];
  const { code, stdout } = await postern(['replay', mail, ...files]);
  assert.equal(code, 3);
  assert.deepEqual(stdout.toString().trimEnd().split('\n'), [
    `${join(mail, 'bad.eml')}: pass -> replace (judge=is-bad)`,
    `${join(mail, 'odd.eml')}: pass -> pass, edited`,
    'pass -> pass, edited: 1',
    'pass -> replace: 1',
    '3 messages, 2 would change',
  ]);
  const same = await postern(['replay', mail, '--all', '--config', join(folder.path, 'old.yaml')]);
  assert.equal(same.code, 0);
  assert.match(same.stdout.toString(), /fine\.eml: pass\n[\s\S]*3 messages, 0 would change\n$/);
});

test('replay says how likely each message is spam', async () => {
  const scorer = `export default {
    name: 'scorer',
    setup: () => ({ givesScores: true, inspect: async () => ({ kind: 'score', logOdds: 3, reasons: [] }) }),
  };`;
  await writeFile(join(folder.path, 'scorer.mjs'), scorer);
  await writeFile(join(folder.path, 'spam.yaml'), configuration('[{use: ./scorer.mjs}]'));
  await writeFile(join(folder.path, 'scored.eml'), 'Subject: scored\n\nbody\n');
  const mail = join(folder.path, 'scored.eml');
  const config = join(folder.path, 'spam.yaml');
  const { stdout } = await postern(['replay', mail, '--config', config]);
  assert.match(
    stdout.toString(),
    /scored\.eml: pass -> tag \(scorer 3\.00, postern=spam, spam: spam, probability 95\.3 %\)\n/,
  );
});

test('replay of nothing ends with a clear message', async () => {
  const { code, stderr } = await postern([
    'replay',
    join(folder.path, 'nowhere'),
    '--config',
    join(folder.path, 'old.yaml'),
  ]);
  assert.equal(code, 1);
  assert.match(stderr.toString(), /^postern: no such file or folder: .*nowhere\n$/);
});

test('a Maildir gives what is in cur and new', async () => {
  for (const part of ['cur', 'new', 'tmp']) {
    await mkdir(join(folder.path, 'Maildir', part), { recursive: true });
    await writeFile(join(folder.path, 'Maildir', part, '1.x'), `Subject: ${part}\n\n`);
  }
  assert.deepEqual(await names(join(folder.path, 'Maildir')), [
    ['Maildir/cur/1.x', 'Subject: cur\r\n\r\n'],
    ['Maildir/new/1.x', 'Subject: new\r\n\r\n'],
  ]);
});

test('an mbox gives its messages, and From lines inside of them as they were', async () => {
  const text = [
    'From a@example.org Mon Nov 23 10:00:00 2026',
    'Subject: one',
    '',
    '>From the beginning',
    '>>From further back',
    'not a From line',
    '',
    'From b@example.org Mon Nov 23 10:00:01 2026',
    'Subject: two',
    '',
    'last line',
    '',
  ].join('\n');
  await writeFile(join(folder.path, 'inbox'), text);
  assert.deepEqual(await names(join(folder.path, 'inbox')), [
    [
      'inbox:1',
      'Subject: one\r\n\r\nFrom the beginning\r\n>From further back\r\nnot a From line\r\n',
    ],
    ['inbox:2', 'Subject: two\r\n\r\nlast line\r\n'],
  ]);
});
