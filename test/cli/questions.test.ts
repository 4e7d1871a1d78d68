import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { CliError } from '../../src/cli/failure.ts';
import { type TerminalQuestions, terminalQuestions } from '../../src/cli/questions.ts';

const prompt = /(?:: |\[y\/N\] )$/;

/** Types one line at each prompt; after the last one the input ends. */
function typing(...lines: readonly string[]): TerminalQuestions & { shown(): string } {
  const input = new PassThrough();
  const output = new PassThrough({ encoding: 'utf8' });
  const left = [...lines];
  let shown = '';
  output.on('data', (text: string) => {
    shown += text;
    if (!prompt.test(text)) return;
    const line = left.shift();
    if (line === undefined) input.end();
    else input.write(`${line}\n`);
  });
  return Object.assign(terminalQuestions(input, output), { shown: () => shown });
}

test('an answer comes back without blanks around it', async () => {
  using questions = typing('  pop.example.net ');
  assert.equal(await questions.ask('Server'), 'pop.example.net');
  assert.match(questions.shown(), /^Server: /);
});

test('an empty line takes what is offered', async () => {
  using questions = typing('');
  assert.equal(await questions.ask('Port', { fallback: '110' }), '110');
  assert.match(questions.shown(), /^Port \[110\]: /);
});

test('a question without an offer is asked until there is an answer', async () => {
  using questions = typing('', '', 'x');
  assert.equal(await questions.ask('Server'), 'x');
  assert.equal(questions.shown().match(/An answer is needed\./g)?.length, 2);
});

test('a wrong answer is complained of and asked for again', async () => {
  using questions = typing('abc', '12');
  const check = (answer: string) => (/^\d+$/.test(answer) ? undefined : 'A number, please.');
  assert.equal(await questions.ask('Port', { check }), '12');
  assert.match(questions.shown(), /A number, please\.\n/);
});

for (const [line, expected] of [
  ['y', true],
  ['Yes', true],
  ['', false],
  ['n', false],
  ['yep', false],
] as const) {
  test(`${JSON.stringify(line)} is ${expected ? 'a clear yes' : 'no clear yes'}`, async () => {
    using questions = typing(line);
    assert.equal(await questions.confirm('Go on?'), expected);
  });
}

test('the end of the input ends the questions', async () => {
  using questions = typing();
  await assert.rejects(questions.ask('Server'), CliError);
  await assert.rejects(questions.confirm('Go on?'), CliError);
});
