import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { BodyEditor, MessagePart, MessageView, PluginInstance, Verdict } from '#plugin-api';
import { runPlugin } from '#plugin-testing';
import command from '../../../plugins/command/index.ts';
import { optionsSchema } from '../../../plugins/command/options.ts';
import { rewriteTexts, toText } from '../../../plugins/command/rewrite-texts.ts';
import { testServices } from '../../../src/pipeline/testing.ts';
import { eventually } from '../../helpers/process.ts';
import { contentOf } from '../letters.ts';
import { letter, messageOf, type Programs, programs } from './programs.ts';

let scripts: Programs;

before(async () => {
  scripts = await programs();
});

after(async () => {
  await scripts[Symbol.asyncDispose]();
});

type Running = PluginInstance &
  AsyncDisposable & { inspect(message: MessageView): Promise<Verdict> };

async function start(options: Readonly<Record<string, unknown>>): Promise<Running> {
  const instance = await command.setup(optionsSchema.parse(options), testServices());
  const { inspect } = instance;
  assert.ok(inspect);
  return Object.assign(instance, {
    inspect,
    [Symbol.asyncDispose]: async () => instance.dispose?.(),
  });
}

async function verdictOf(
  code: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Verdict> {
  const file = await scripts.add('judge', code);
  await using plugin = await start({ command: [file], ...options });
  return await plugin.inspect(messageOf(letter, scripts.folder));
}

const say = (line: string, code: number): string =>
  `process.stdin.resume().on('end', () => {
    process.stdout.write(${JSON.stringify(line)}); process.exitCode = ${code};
  });`;

const judgements: readonly (readonly [string, string, number, Verdict])[] = [
  ['0', 'ignored', 0, { kind: 'pass' }],
  ['1', 'Bad.Thing\nmore\n', 1, { kind: 'block', finding: 'Bad.Thing' }],
  ['1 without a word', '', 1, { kind: 'block', finding: 'exit-1' }],
  ['2', 'odd\r\n', 2, { kind: 'flag', label: 'odd' }],
  ['75', 'engine starts\n', 75, { kind: 'tempfail', reason: 'engine starts' }],
  [
    '75 without a word',
    '',
    75,
    { kind: 'tempfail', reason: 'the program cannot judge the message now' },
  ],
  ['1 with a terminal sequence', '\x1b[2Ja\u202eb\0c\n', 1, { kind: 'block', finding: '[2Ja b c' }],
  ['1 with a long line', 'x'.repeat(5000), 1, { kind: 'block', finding: 'x'.repeat(100) }],
];

for (const [name, line, code, expected] of judgements) {
  test(`exit code ${name} means ${expected.kind}`, async () => {
    assert.deepEqual(await verdictOf(say(line, code)), expected);
  });
}

test('exit codes mean what the configuration says', async () => {
  const options = { exit_codes: { 0: 'pass', 10: 'block' } };
  assert.deepEqual(await verdictOf(say('spam', 10), options), { kind: 'block', finding: 'spam' });
  await assert.rejects(verdictOf(say('', 1), options), /exit code 1$/);
});

const failures: readonly (readonly [string, string, Readonly<Record<string, unknown>>, RegExp])[] =
  [
    ['an exit code without meaning', say('', 7), {}, /^Error: the program ended with exit code 7$/],
    [
      'an uncaught error',
      `throw new Error('no luck');`,
      { exit_codes: { 0: 'pass' } },
      /exit code 1: /,
    ],
    [
      'a signal',
      `process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 9);`,
      {},
      /ended by SIGTERM$/,
    ],
    [
      'a missed time limit',
      'setInterval(() => {}, 1000);',
      { timeout: '200ms' },
      /not end in time$/,
    ],
    ['too much output', say('x'.repeat(2000), 0), { max_output: '1KB' }, /more than max_output$/],
  ];

for (const [name, code, options, expected] of failures) {
  test(`${name} is a failure and no verdict`, async () => {
    await assert.rejects(verdictOf(code, options), expected);
  });
}

test('a failure defers the message through the real pipeline', async () => {
  const file = await scripts.add('fails', say('', 7));
  const { verdict } = await runPlugin(command, { command: [file] }, letter);
  assert.equal(verdict?.kind, 'tempfail');
});

test('a relative path starts at the folder of the configuration', async () => {
  await scripts.add('here', say('found', 2));
  const facts = { folder: scripts.folder };
  const { verdict } = await runPlugin(command, { command: ['./here'] }, letter, facts);
  assert.deepEqual(verdict, { kind: 'flag', label: 'found' });
});

test('a program that is missing, a folder or not executable is refused at set-up', async () => {
  const file = join(scripts.folder, 'plain');
  await writeFile(file, 'text', { mode: 0o644 });
  await assert.rejects(start({ command: [join(scripts.folder, 'none')] }), { code: 'ENOENT' });
  await assert.rejects(start({ command: [scripts.folder] }), /is not a program$/);
  await assert.rejects(start({ command: [file] }), { code: 'EACCES' });
});

test('the program is told the facts, and of the environment only what is named', async () => {
  process.env['POSTERN_TEST_SHOWN'] = 'yes';
  process.env['POSTERN_TEST_HIDDEN'] = 'no';
  const out = join(scripts.folder, 'told.json');
  const code = `require('node:fs').writeFileSync(${JSON.stringify(out)}, JSON.stringify(process.env));`;
  await verdictOf(code, { pass_environment: ['POSTERN_TEST_SHOWN', 'POSTERN_TEST_UNSET'] });
  assert.deepEqual(JSON.parse(await readFile(out, 'utf8')), {
    POSTERN_TEST_SHOWN: 'yes',
    POSTERN_SESSION: '0123456789abcdef',
    POSTERN_CLIENT: '192.0.2.1',
    POSTERN_LISTENER: 'sample',
    POSTERN_USER: 'sample',
    POSTERN_ROUTE: 'sample',
    POSTERN_UPSTREAM: 'pop.example.net',
    POSTERN_NUMBER: '1',
    POSTERN_UIDL: 'sample-1',
    POSTERN_LISTED_OCTETS: String(letter.length),
  });
});

test('the working folder is empty, private and gone afterwards', async () => {
  const out = join(scripts.folder, 'folder.json');
  await verdictOf(
    `const fs = require('node:fs');
    const facts = { folder: process.cwd(), mode: fs.statSync('.').mode & 0o777, files: fs.readdirSync('.') };
    fs.writeFileSync('left-behind', 'x');
    fs.writeFileSync(${JSON.stringify(out)}, JSON.stringify(facts));`,
  );
  const { folder, ...rest } = JSON.parse(await readFile(out, 'utf8'));
  assert.deepEqual(rest, { mode: 0o700, files: [] });
  await assert.rejects(readdir(folder), { code: 'ENOENT' });
  assert.ok(String(folder).includes('postern-command-'), tmpdir());
});

test('no more programs run at a time than allowed', async () => {
  const peaks = join(scripts.folder, 'running');
  await writeFile(peaks, '');
  const file = await scripts.add(
    'counted',
    `const fs = require('node:fs');
    fs.appendFileSync(${JSON.stringify(peaks)}, '+');
    process.stdin.resume().on('end', () => fs.appendFileSync(${JSON.stringify(peaks)}, '-'));`,
  );
  await using plugin = await start({ command: [file], max_concurrent: 1 });
  const message = messageOf(letter, scripts.folder);
  await Promise.all([1, 2, 3, 4].map(() => plugin.inspect(message)));
  assert.equal(await readFile(peaks, 'utf8'), '+-+-+-+-');
});

test('whoever waits when the plugin is disposed is let go, and what runs is ended', async () => {
  const marker = join(scripts.folder, 'begun');
  const file = await scripts.add(
    'endless',
    `require('node:fs').writeFileSync(${JSON.stringify(marker)}, 'x'); setInterval(() => {}, 1000);`,
  );
  const plugin = await start({ command: [file], max_concurrent: 1 });
  const message = messageOf(letter, scripts.folder);
  const both = Promise.allSettled([plugin.inspect(message), plugin.inspect(message)]);
  await eventually('the start', () => readFile(marker).catch(() => undefined));
  await plugin.dispose?.();
  for (const result of await both) {
    assert.match(String(result.status === 'rejected' && result.reason), /the plugin is shut down/);
  }
});

const refused: readonly (readonly [string, object])[] = [
  ['a command line', { command: '/bin/scan --flag' }],
  ['no program', { command: [] }],
  ['an argument with NUL', { command: ['/bin/scan', 'a\0b'] }],
  ['an exit code beyond 255', { command: ['/bin/scan'], exit_codes: { 256: 'pass' } }],
  ['a meaning that is none', { command: ['/bin/scan'], exit_codes: { 0: 'fine' } }],
  ['the name of a variable with a sign', { command: ['/bin/scan'], pass_environment: ['A=B'] }],
  ['a bare number as time limit', { command: ['/bin/scan'], timeout: 20 }],
  ['a time limit that is too long', { command: ['/bin/scan'], timeout: '2h' }],
  [
    'a judgement by a filter',
    { command: ['/bin/x'], mode: 'transform', exit_codes: { 0: 'pass' } },
  ],
  ['a replacement by a scanner', { command: ['/bin/x'], exit_codes: { 0: 'replace' } }],
  ['exit codes for texts', { command: ['/bin/x'], mode: 'text', exit_codes: { 0: 'replace' } }],
  ['an unknown option', { command: ['/bin/scan'], shell: true }],
];

for (const [name, options] of refused) {
  test(`refused: ${name}`, () => {
    assert.equal(optionsSchema.safeParse(options).success, false);
  });
}

test('mode text sends each text through the program, charsets and all', async () => {
  const file = await scripts.add(
    'shout',
    `let text = '';
    process.stdin.setEncoding('utf8').on('data', (piece) => { text += piece; });
    process.stdin.on('end', () => process.stdout.write(
      process.env.POSTERN_PART + process.env.POSTERN_CONTENT_TYPE + text.toUpperCase()));`,
  );
  const head = 'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n';
  const message = Buffer.from(
    `${head}Content-Transfer-Encoding: 8bit\r\n\r\ngr\xfcn\r\n`,
    'latin1',
  );
  const { output } = await runPlugin(command, { command: [file], mode: 'text' }, message);
  assert.match(contentOf(output.toString('latin1')), /^1text\/plainGRÜN$/);
  assert.match(output.toString('latin1'), /^Content-Type: text\/plain; charset="?utf-8/im);
});

for (const [name, code] of [
  ['exit code 1', `process.stdout.write('x'); process.exitCode = 1;`],
  ['no output', 'process.stdin.resume();'],
] as const) {
  test(`in mode text ${name} is a failure`, async () => {
    const file = await scripts.add('bad-filter', code);
    await assert.rejects(runPlugin(command, { command: [file], mode: 'text' }, letter), {
      code: 'PLUGIN_FAILED',
    });
  });
}

interface FakeText {
  readonly path: string;
  readonly contentType: string;
  readonly fileNames?: readonly string[];
  readonly isSealed?: boolean;
  readonly text?: string;
}

/** An editor over a flat list of texts, and what was set. */
function fakeBody(texts: readonly FakeText[]): { body: BodyEditor; set: Map<string, string> } {
  const set = new Map<string, string>();
  const unused = (): never => {
    throw new Error('not for texts');
  };
  const find = (path: string): FakeText | undefined => texts.find((each) => each.path === path);
  const body: BodyEditor = {
    async *parts() {
      for (const { path, contentType, fileNames = [] } of texts) {
        yield { path, contentType, fileNames } as unknown as MessagePart;
      }
    },
    text: async (path) => find(path)?.text,
    setText: async (path, text) => void set.set(path, text),
    isSealed: async (path) => find(path)?.isSealed === true,
    replace: unused,
    drop: unused,
    add: unused,
  };
  return { body, set };
}

test('texts are rewritten; files, sealed, unreadable, empty and unchanged ones are left alone', async () => {
  const { body, set } = fakeBody([
    { path: '1.1', contentType: 'text/plain', text: 'plain' },
    { path: '1.2', contentType: 'text/html', text: '<p>' },
    { path: '1.3', contentType: 'text/calendar', text: 'calendar' },
    { path: '1.4', contentType: 'text/plain', text: 'file', fileNames: ['a.txt'] },
    { path: '1.5', contentType: 'text/plain', text: 'signed', isSealed: true },
    { path: '1.6', contentType: 'text/plain' },
    { path: '1.7', contentType: 'text/plain', text: '' },
    { path: '1.8', contentType: 'text/plain', text: 'SAME' },
  ]);
  const skipped = await rewriteTexts(body, 1000, async (text) => text.toUpperCase());
  assert.deepEqual(
    [...set],
    [
      ['1.1', 'PLAIN'],
      ['1.2', '<P>'],
    ],
  );
  assert.equal(skipped, 1);
});

test('what the program writes as a text must be UTF-8 and something', () => {
  assert.equal(toText(Buffer.from('Grüße')), 'Grüße');
  assert.throws(() => toText(Buffer.from([0xff, 0x41])));
  assert.throws(() => toText(Buffer.alloc(0)), /wrote nothing/);
});

test('a check-up tells whether the program can be run, and does not run it', async () => {
  const levelFor = async (program: string): Promise<string | undefined> => {
    const services = {
      clock: testServices().clock,
      signal: new AbortController().signal,
      resolvePath: (path: string) => path,
    };
    const found = command.check?.(optionsSchema.parse({ command: [program] }), services);
    for await (const { level } of found ?? []) return level;
    return undefined;
  };
  assert.equal(await levelFor(process.execPath), 'ok');
  assert.equal(await levelFor('/nonexistent'), 'fail');
  assert.equal(await levelFor('/'), 'fail');
});
