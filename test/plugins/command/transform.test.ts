import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runPlugin } from '#plugin-testing';
import command from '../../../plugins/command/index.ts';
import { signedLetter } from '../letters.ts';
import { letter, type Programs, programs } from './programs.ts';

let scripts: Programs;

before(async () => {
  scripts = await programs();
});

after(async () => {
  await scripts[Symbol.asyncDispose]();
});

/** A program that gives back the message with one word in the place of another one. */
const exchanging = (to: string, from: string, code = 0): string =>
  `let text = '';
    process.stdin.setEncoding('latin1').on('data', (piece) => { text += piece; });
    process.stdin.on('end', () => {
      process.stdout.write(text.replaceAll('${from}', '${to}'), 'latin1');
      process.exitCode = ${code};
    });`;

async function transformed(
  code: string,
  message: Buffer = letter,
  options: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const file = await scripts.add('transform', code);
  const all = { command: [file], mode: 'transform', ...options };
  return (await runPlugin(command, all, message)).output.toString('latin1');
}

test('in mode transform the program writes the message, header and all', async () => {
  assert.equal(
    await transformed(exchanging('Bye', 'Hello')),
    'From: ann@example.org\r\nSubject: Bye\r\n\r\nBye.\r\n',
  );
});

test('in mode transform signed mail is changed as the program likes', async () => {
  const output = await transformed(exchanging('Bye', 'Hello'), signedLetter);
  assert.equal(output, signedLetter.toString('latin1').replaceAll('Hello', 'Bye'));
});

test('in mode transform exit code 99 leaves the message as it is, whatever was written', async () => {
  const whole = letter.toString('latin1');
  assert.equal(await transformed(exchanging('Bye', 'Hello', 99)), whole);
  const options = { exit_codes: { 0: 'unchanged', 1: 'replace' } };
  assert.equal(await transformed(exchanging('Bye', 'Hello'), letter, options), whole);
  assert.match(await transformed(exchanging('Bye', 'Hello', 1), letter, options), /^Subject: Bye/m);
});

const badTransformations: readonly (readonly [string, string, object])[] = [
  ['exit code 1', exchanging('Bye', 'Hello', 1), {}],
  ['no output', 'process.stdin.resume();', {}],
  ['what is no message', `process.stdin.resume(); process.stdout.write('oops');`, {}],
  ['more than max_output', exchanging('x'.repeat(2000), 'Hello'), { max_output: '1KB' }],
];

for (const [name, code, options] of badTransformations) {
  test(`in mode transform ${name} is a failure`, async () => {
    await assert.rejects(transformed(code, letter, { ...options }), { code: 'PLUGIN_FAILED' });
  });
}
