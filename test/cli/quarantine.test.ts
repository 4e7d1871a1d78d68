import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { openQuarantine } from '../../src/stores/open-quarantine.ts';
import type { Quarantine, QuarantineRecord } from '../../src/stores/store.ts';
import { type Finished, temporaryFolder } from '../helpers/process.ts';
import { inChunks, recordOf } from '../stores/quarantine-fixture.ts';
import { postern, stackTrace } from './postern.ts';

const configuration = `listeners: [{name: a, port: 0, tls: none}]
routes: [{name: r, upstream: {host: pop.example.net}}]
quarantine: {folder: ./kept}
`;

interface Office extends AsyncDisposable {
  readonly path: string;
  /** Open all the time, as the proxy has it. */
  readonly quarantine: Quarantine;
  put(content: string, changes?: Partial<QuarantineRecord>): Promise<string>;
  run(...args: string[]): Promise<Finished>;
}

async function office(): Promise<Office> {
  const folder = await temporaryFolder('cli-quarantine');
  const config = join(folder.path, 'postern.yaml');
  await writeFile(config, configuration);
  const { quarantine } = await openQuarantine(
    {
      folder: join(folder.path, 'kept'),
      keyFile: join(folder.path, 'state', 'quarantine.key'),
      maxAgeMs: 86_400_000,
      maxBytes: 1_000_000,
    },
    { clock: systemClock },
  );
  return {
    path: folder.path,
    quarantine,
    async put(content, changes = {}) {
      const octets = Buffer.from(content, 'latin1');
      const record = recordOf(octets, changes);
      return (await quarantine.put(record, inChunks(octets))).code;
    },
    run: (command, ...args) =>
      postern(['quarantine', command ?? '', '--config', config, ...args], { cwd: folder.path }),
    async [Symbol.asyncDispose]() {
      quarantine.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function assertRefused({ code, stdout, stderr }: Finished, reason: RegExp): void {
  assert.equal(code, 2, stderr);
  assert.equal(String(stdout), '');
  assert.match(stderr, reason);
  assert.doesNotMatch(stderr, stackTrace);
}

test('list shows messages latest first, only those that the filters leave', async () => {
  await using place = await office();
  const first = await place.put('1', { user: 'ann', subject: 'Invoice' });
  const second = await place.put('2', { user: 'bob', from: undefined, findings: [] });
  const gone = await place.put('3', { user: 'bob' });
  await place.quarantine.mark((await place.quarantine.find(gone))!.id, 'discarded');

  const table = await place.run('list');
  assert.equal(table.code, 0, table.stderr);
  const [title, ...rows] = String(table.stdout).trimEnd().split('\n');
  assert.match(title ?? '', /^CODE +STORED +STATE +ACCOUNT +FROM +SUBJECT +FINDINGS$/);
  assert.equal(rows.length, 2);
  const row = rows.find((each) => each.startsWith(first));
  assert.match(
    row ?? '',
    /^\S{14} {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}held +ann +a@example\.org +Invoice +Eicar-Test-Signature$/,
  );
  assert.match(rows.find((each) => each.startsWith(second)) ?? '', / bob +- +x +-$/);

  const codesIn = async (...args: string[]): Promise<string[]> => {
    const { code, stdout, stderr } = await place.run('list', '--json', ...args);
    assert.equal(code, 0, stderr);
    const lines = String(stdout)
      .split('\n')
      .filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line).code).sort();
  };
  assert.deepEqual(await codesIn('--account', 'ann', '--since', '1h'), [first]);
  assert.deepEqual(
    await codesIn('--state', 'held', 'discarded', '--account', 'bob'),
    [second, gone].sort(),
  );
  assert.deepEqual(await codesIn('--upstream', 'elsewhere.example'), []);
});

test('what a sender wrote cannot command the terminal, nor leave its line', async () => {
  await using place = await office();
  const hostile = '\u202egpj.exe\u001b[2J\u009b31m\r\nK7QF-2M9P-X4TD fake';
  const header = 'Subject: \x1b[2J\r\nX-Bidi: \xe2\x80\xae\rX-Bare: 1\r\n\r\nbody';
  const code = await place.put(header, { subject: hostile, from: hostile, user: 'ann' });
  for (const args of [['list'], ['list', '--json'], ['show', code]] as const) {
    const { code: exit, stdout, stderr } = await place.run(...args);
    assert.equal(exit, 0, stderr);
    const text = String(stdout);
    assert.doesNotMatch(text, /[^\P{Cc}\n]|\p{Cf}/u, args.join(' '));
    assert.match(text, /\\u202egpj/);
    assert.doesNotMatch(text, /^K7QF/m);
  }
  const [line] = String((await place.run('list', '--json')).stdout).split('\n');
  assert.equal(JSON.parse(line ?? '').subject, hostile);
  const shown = String((await place.run('show', code)).stdout);
  assert.match(shown, /\n\nSubject: \\x1b\[2J\nX-Bidi: \\u202e\\rX-Bare: 1\n$/);
});

test('show tells all facts and the header, of a message that is gone the facts only', async () => {
  await using place = await office();
  const code = await place.put('From: a@example.org\r\nSubject: x\r\n\r\nbody\r\n', {
    user: 'ann',
  });
  const shown = await place.run('show', code.toLowerCase().replaceAll('-', ''));
  assert.equal(shown.code, 0, shown.stderr);
  const text = String(shown.stdout);
  for (const fact of [
    `Code:        ${code}\n`,
    'Account:     ann\n',
    'Mail server: mail.example.org\n',
    'Finding:     clamav: Eicar-Test-Signature in "x.zip"\n',
    '\n\nFrom: a@example.org\nSubject: x\n',
  ]) {
    assert.ok(text.includes(fact), `${fact} in ${text}`);
  }
  assert.ok(!text.includes('body'));
  await place.run('delete', code);
  const after = String((await place.run('show', code)).stdout);
  assert.match(after, /State: {7}discarded since /);
  assert.match(after, /\(the original is not in quarantine any more\)\n$/);
});

test('release and delete take codes: all of them, or none when one is wrong', async () => {
  await using place = await office();
  const codes = [await place.put('1'), await place.put('2'), await place.put('3')];
  const [one = '', two = '', three = ''] = codes;
  const stateOf = async (code: string) => (await place.quarantine.find(code))?.state;
  assertRefused(await place.run('release', one, '0000-0000-0000'), /code 0000-0000-0000/);
  assert.equal(await stateOf(one), 'held');

  const released = await place.run('release', one, two, one);
  assert.equal(released.code, 0, released.stderr);
  assert.equal(String(released.stdout).trimEnd().split('\n').length, 2);
  assert.equal(await stateOf(two), 'released');

  const deleted = await place.run('delete', three);
  assert.equal(deleted.code, 0, deleted.stderr);
  assertRefused(
    await place.run('release', one, three),
    /is discarded: there is nothing to release/,
  );
  assert.equal(await stateOf(one), 'released');
  assertRefused(await place.run('release'), /or say --all/);
});

test('--all acts on what the filters leave, and only with --yes', async () => {
  await using place = await office();
  const ann = await place.put('1', { user: 'ann' });
  const bob = await place.put('2', { user: 'bob' });
  const stateOf = async (code: string) => (await place.quarantine.find(code))?.state;
  assertRefused(
    await place.run('delete', '--all', '--account', 'ann'),
    /This would delete one message\. Say --yes/,
  );
  assertRefused(await place.run('delete', '--all', ann), /not both/);
  assertRefused(await place.run('delete', ann, '--account', 'ann'), /Filters go with --all/);
  assert.equal(await stateOf(ann), 'held');
  const deleted = await place.run('delete', '--all', '--account', 'ann', '--yes');
  assert.equal(deleted.code, 0, deleted.stderr);
  assert.deepEqual([await stateOf(ann), await stateOf(bob)], ['discarded', 'held']);
  const nothing = await place.run('delete', '--all', '--account', 'ann', '--yes');
  assert.equal(String(nothing.stdout), 'There is nothing to delete.\n');
});

test('export writes the original octet for octet, to a new file or to standard output', async () => {
  await using place = await office();
  const content = 'Subject: \xff\r\n\r\n\x00\r\r\n.\r\n';
  const code = await place.put(content);
  const original = Buffer.from(content, 'latin1');
  const file = join(place.path, 'out.eml');

  assert.deepEqual((await place.run('export', code, '-o', '-')).stdout, original);
  const written = await place.run('export', code, '-o', file);
  assert.equal(written.code, 0, written.stderr);
  assert.deepEqual(await readFile(file), original);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assertRefused(await place.run('export', code, '-o', file), /exists already/);
  await place.run('export', code);
  assert.deepEqual(await readFile(join(place.path, `${code}.eml`)), original);
});

test('a damaged original is not exported, and no half of it stays', async () => {
  await using place = await office();
  const code = await place.put('x'.repeat(200_000));
  const id = (await place.quarantine.find(code))!.id;
  const sealed = join(place.path, 'kept', 'sealed');
  const [name = ''] = await readdir(sealed);
  assert.ok(name.startsWith(id));
  await truncate(join(sealed, name), 150_000);
  const file = join(place.path, 'out.eml');
  const run = await place.run('export', code, '-o', file);
  assert.equal(run.code, 1);
  assert.match(run.stderr, /QUARANTINE_DAMAGED/);
  await assert.rejects(stat(file), { code: 'ENOENT' });
});

test('a quarantine that is not there, or whose key is lost, is one line', async () => {
  await using place = await office();
  const code = await place.put('1');
  assertRefused(await place.run('show', '0000-0000-0000'), /no message with the code/);
  assertRefused(await place.run('list', '--since', 'yesterday'), /expected a duration/);
  assertRefused(await place.run('list', '--limit', '0'), /expected a number/);
  await rm(join(place.path, 'state', 'quarantine.key'));
  assertRefused(await place.run('show', code), /key of the quarantine cannot be used/);
  const elsewhere = join(place.path, 'other.yaml');
  await writeFile(elsewhere, configuration.replace('./kept', './nowhere'));
  const run = await postern(['quarantine', 'list', '--config', elsewhere]);
  assertRefused(run, /There is no quarantine in .*nowhere yet/);
  await assert.rejects(stat(join(place.path, 'nowhere')), { code: 'ENOENT' });
});
