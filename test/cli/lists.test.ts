import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Finished, temporaryFolder } from '../helpers/process.ts';
import { postern, stackTrace } from './postern.ts';

const around = `listeners: [{name: a, port: 0, tls: none}]
routes: [{name: r, upstream: {host: pop.example.net}}]
state: {folder: ./state}
`;

interface Office extends AsyncDisposable {
  /** `postern lists ...`, with what it printed. */
  run(...args: string[]): Promise<Finished & { readonly text: string }>;
}

async function office(plugins = '[{use: sender-lists}]'): Promise<Office> {
  const folder = await temporaryFolder('cli-lists');
  const config = join(folder.path, 'postern.yaml');
  await writeFile(config, `${around}plugins: ${plugins}\n`);
  return {
    async run(command, ...args) {
      const options = { cwd: folder.path };
      const finished = await postern(
        ['lists', command ?? '', '--config', config, ...args],
        options,
      );
      return { ...finished, text: String(finished.stdout) };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function assertRefused({ code, stdout, stderr }: Finished, reason: RegExp): void {
  assert.equal(code, 2, stderr);
  assert.equal(String(stdout), '');
  assert.match(stderr, reason);
  assert.doesNotMatch(stderr, stackTrace);
}

test('senders are put on lists, shown, and taken off', async () => {
  await using at = await office();
  assert.equal((await at.run('show')).text, 'No sender is on a list.\n');
  const allowed = await at.run('allow', 'Ann@Example.ORG', 'example.com', '-a', 'bob');
  assert.equal(
    allowed.text,
    'allowed: ann@example.org (bob at pop.example.net)\nallowed: example.com (bob at pop.example.net)\n',
  );
  const blocked = await at.run('block', 'Subject: *offer*', '--until', '2099-12-31');
  assert.equal(blocked.text, 'blocked: Subject: *offer* until 2099-12-31 (all accounts)\n');
  const [title = '', ...rows] = (await at.run('show')).text.trimEnd().split('\n');
  assert.match(title, /^LIST +ENTRY +ACCOUNT +SERVER +BY +SINCE +UNTIL$/);
  assert.equal(rows.length, 3);
  assert.match(
    rows[0] ?? '',
    /^block +Subject: \*offer\* +\(all\) +- +command .* 2100-01-01 00:00$/,
  );
  assert.match(rows[1] ?? '', /^allow +ann@example\.org +bob +pop\.example\.net +command .* -$/);
  const other = await at.run('remove', 'ann@example.org');
  assert.equal(other.text, 'not on a list: ann@example.org (all accounts)\n');
  const removed = await at.run('remove', 'ANN@example.org', '-a', 'bob');
  assert.equal(removed.text, 'removed: ANN@example.org (bob at pop.example.net)\n');
  const json = await at.run('show', '--json', '-a', 'bob');
  const { since, ...entry } = JSON.parse(json.text);
  assert.deepEqual(entry, {
    list: 'allow',
    entry: 'example.com',
    account: 'bob',
    server: 'pop.example.net',
    by: 'command',
    until: null,
  });
  assert.ok(Date.parse(since) > 0);
});

test('what is no entry is refused with what one looks like', async () => {
  await using at = await office();
  assertRefused(await at.run('allow', 'two words'), /postern lists: 'two words' is none of: ann@/);
  assertRefused(await at.run('block', 'a@b.example', '--until', 'soon'), /--until takes a day/);
  assertRefused(await at.run('remove', '/(/'), /postern lists: /);
});

test('a configuration without lists says how to get them', async () => {
  await using none = await office('[]');
  assertRefused(await none.run('show'), /No plugin of this configuration keeps lists of senders/);
  await using two = await office('[{use: sender-lists}, {use: sender-lists, name: more}]');
  assertRefused(await two.run('show'), /say which with --plugin, sender-lists or more/);
  assert.equal((await two.run('block', 'a@b.example', '--plugin', 'more')).code, 0);
  assert.equal((await two.run('show', '-p', 'sender-lists')).text, 'No sender is on a list.\n');
});
