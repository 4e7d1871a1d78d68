import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';
import { letter } from '../plugins/spam/models/setting.ts';
import { mainFile, postern, stackTrace } from './postern.ts';

let folder: TemporaryFolder;
const at = (...names: readonly string[]): string => join(folder.path, ...names);

before(async () => {
  folder = await temporaryFolder('train');
  const around = 'listeners: [{name: l, port: 0, tls: none}]\nstate: {folder: state}\n';
  const one = 'routes: [{name: r, upstream: {host: pop.example.net}}]\n';
  const spam = 'plugins: [{use: spam, options: {default_model: false}}]\n';
  await writeFile(at('postern.yaml'), `${around}${one}${spam}`);
  await writeFile(at('deaf.yaml'), `${around}${one}`);
  const two =
    'listeners: [{name: l, port: 0, tls: none}, {name: m, port: 0, tls: none}]\n' +
    'state: {folder: state}\n' +
    'routes: [{name: a, listeners: [l], upstream: {host: a.example}}, ' +
    '{name: b, listeners: [m], upstream: {host: b.example}}]\n';
  await writeFile(at('two.yaml'), `${two}${spam}`);
  for (const kind of ['spam', 'ham'] as const) {
    const mails = [1, 2, 3, 4].map((number) => letter(kind, number).toString('latin1'));
    await writeFile(
      at(`${kind}.mbox`),
      mails.map((mail) => `From a@b Mon Jan  1 00:00:00 2026\n${mail}\n`).join(''),
    );
    for (const part of ['cur', 'new', 'tmp']) await mkdir(at(kind, part), { recursive: true });
    await writeFile(at(kind, 'cur', '1:2,S'), letter(kind, 11));
    await writeFile(at(kind, 'new', '2'), letter(kind, 12));
    await writeFile(at(kind, 'tmp', '3'), letter(kind, 13));
  }
  await writeFile(at('one.eml'), letter('spam', 2));
});

after(() => folder[Symbol.asyncDispose]());

async function run(...args: readonly string[]): Promise<{ lines: string[]; code: number }> {
  const ended = await postern([...args, '--config', at('postern.yaml')], { cwd: folder.path });
  assert.doesNotMatch(ended.stderr, stackTrace);
  const lines = `${ended.stdout}${ended.stderr}`.trimEnd().split('\n');
  return { lines, code: ended.code ?? -1 };
}

test('an mbox and a Maildir are learned, once, and judged by afterwards', async () => {
  assert.deepEqual((await run('train', 'spam', 'spam.mbox')).lines, [
    '4 messages',
    'spam: 4 learned, 0 unchanged',
  ]);
  assert.deepEqual((await run('train', 'ham', 'ham.mbox', 'ham')).lines, [
    '6 messages',
    'spam: 6 learned, 0 unchanged',
  ]);
  assert.deepEqual((await run('train', 'spam', 'spam.mbox')).lines, [
    '4 messages',
    'spam: 0 learned, 4 unchanged',
    '  4: this was learned before',
  ]);
  const { lines } = await run('spam', 'test', 'one.eml', '--account', 'ann');
  assert.match(lines[0] ?? '', /^spam: (?:spam|unsure), probability \d+\.\d %$/);
  assert.match(lines.join('\n'), /^ +\d\.\d\d .+ in the text$/m);
});

test('a lesson for one account is for that one', async () => {
  await run('train', 'ham', '--account', 'ann', 'one.eml');
  const probability = async (account: string): Promise<number> => {
    const { lines } = await run('spam', 'test', 'one.eml', '--account', account);
    return Number(/([\d.]+) %/.exec(lines[0] ?? '')?.[1]);
  };
  assert.ok((await probability('ann')) < (await probability('ben')));
  const { lines } = await run('spam', 'list');
  assert.match(lines[1] ?? '', /^\(all\) +- +4 +6 /);
  assert.match(lines[2] ?? '', /^ann +pop\.example\.net +0 +1 /);
  const json = await run('spam', 'list', '--json', '--account', 'ann');
  assert.equal(JSON.parse(json.lines[0] ?? '').hamLessons, 1);
  assert.equal((await run('train', 'forget', '-a', 'ann', 'one.eml')).code, 0);
});

test('what was learned is moved by a file that only its owner can read', async () => {
  assert.equal((await run('spam', 'export', '-o', at('all.model'))).code, 0);
  assert.equal((await stat(at('all.model'))).mode & 0o777, 0o600);
  assert.doesNotMatch(await readFile(at('all.model'), 'latin1'), /prize|winner/);
  assert.deepEqual((await run('spam', 'import', '-a', 'cleo', at('all.model'))).lines, [
    'imported, with 4 lessons of spam and 6 of ham',
  ]);
  assert.deepEqual((await run('spam', 'forget', '-a', 'cleo')).lines, ['forgotten']);
  assert.deepEqual((await run('spam', 'forget', '-a', 'cleo')).lines, [
    'there was nothing to forget',
  ]);
  const none = await run('spam', 'export', '-a', 'cleo');
  assert.deepEqual(
    [none.code, none.lines],
    [2, ['postern spam: Nothing was learned for cleo at pop.example.net yet.']],
  );
  await writeFile(at('bad.model'), '{"format":"other"}\n');
  const bad = await run('spam', 'import', at('bad.model'));
  assert.equal(bad.code, 1);
  assert.match(bad.lines.join(), /no model of the spam filter: line 1: expected "format"/);
  const again = await run('spam', 'export', '-o', at('all.model'));
  assert.equal(again.code, 1, 'no file is overwritten');
});

test('what cannot be read is named, and the rest is learned', async () => {
  await writeFile(at('empty.eml'), '');
  const { lines, code } = await run('train', 'spam', at('nowhere'), 'empty.eml', 'spam');
  assert.equal(code, 1);
  assert.ok(lines.includes('2 messages, 2 could not be read'), lines.join('\n'));
  assert.match(lines.join('\n'), /nowhere: /);
});

test('who may be meant has to be clear', async () => {
  const failing = async (...args: readonly string[]): Promise<string> => {
    const ended = await postern(args, { cwd: folder.path });
    assert.equal(ended.code, 2, ended.stderr);
    return ended.stderr;
  };
  const two = ['--config', at('two.yaml')];
  assert.match(
    await failing('train', 'spam', 'one.eml', '-a', 'ann', ...two),
    /ann may be at several servers: say which with --host, a\.example or b\.example/,
  );
  assert.match(
    await failing('train', 'spam', 'one.eml', '-a', 'ann', '--shared', ...two),
    /exclude each other/,
  );
  assert.match(await failing('train', 'spam', 'one.eml', '--host', 'h', ...two), /needs --account/);
  assert.match(
    await failing('train', 'spam', 'one.eml', '--config', at('deaf.yaml')),
    /No plugin of this configuration learns/,
  );
  const named = ['train', 'spam', 'one.eml', '-a', 'ann', '--host', 'a.example', ...two];
  assert.equal((await postern(named, { cwd: folder.path })).code, 0);
});

test('mail comes from standard input too, one message or many', async () => {
  for (const [file, count] of [
    ['one.eml', 1],
    ['ham.mbox', 4],
  ] as const) {
    const args = ['train', 'ham', '-a', 'dora', '--config', at('postern.yaml'), '-'];
    const program = spawn(process.execPath, [mainFile, ...args], {
      cwd: folder.path,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    program.stdin.end(await readFile(at(file)));
    const lines = await text(program.stdout);
    assert.match(lines, new RegExp(`^${count} messages?\nspam: ${count} learned`));
  }
});
