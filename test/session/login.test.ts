import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, parseCommand } from '../../src/pop3/command.ts';
import {
  expectsSaslResponse,
  handleLoginCommand,
  handleSaslResponse,
  type LoginOutcome,
  type LoginStep,
  noLogin,
} from '../../src/session/login.ts';

type LoginCommand = Extract<Command, { name: 'USER' | 'PASS' | 'AUTH' }>;

function loginCommand(line: string): LoginCommand {
  const command = parseCommand(Buffer.from(line, 'latin1'));
  assert.ok(command.name === 'USER' || command.name === 'PASS' || command.name === 'AUTH');
  return command;
}

/** What the lines, one after the other, lead to, in a few words. */
function dialogue(...lines: string[]): string {
  let step: LoginStep = noLogin;
  let said = '';
  for (const line of lines) {
    const outcome: LoginOutcome = expectsSaslResponse(step)
      ? handleSaslResponse(step, Buffer.from(line, 'latin1'))
      : handleLoginCommand(step, loginCommand(line));
    said = describe(outcome);
    step = 'step' in outcome ? outcome.step : noLogin;
  }
  return said;
}

function describe(outcome: LoginOutcome): string {
  switch (outcome.kind) {
    case 'complete': {
      const { user, password } = outcome.credentials;
      return `${user.toString('latin1')} with ${password.reveal().toString('latin1')}`;
    }
    case 'challenged':
      return `challenge ${JSON.stringify(Buffer.from(outcome.challenge, 'base64').toString())}`;
    case 'accepted':
    case 'rejected':
      return `${outcome.kind}: ${outcome.text}`;
    case 'mechanismsListed':
      return outcome.kind;
  }
}

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

const dialogues: readonly [lines: readonly string[], result: string][] = [
  [['USER bob'], 'accepted: send PASS'],
  [['USER bob', 'PASS secret'], 'bob with secret'],
  [['USER bob', 'PASS  se  cret '], 'bob with  se  cret '],
  [['USER alice', 'USER bob', 'PASS secret'], 'bob with secret'],
  [['USER b\xf6b', 'PASS \xff'], 'b\xf6b with \xff'],
  [['PASS secret'], 'rejected: USER comes first'],
  [['USER bob', 'PASS a', 'PASS b'], 'rejected: USER comes first'],
  [['USER bob', 'AUTH', 'PASS a'], 'rejected: USER comes first'],
  [['AUTH'], 'mechanismsListed'],
  [['AUTH PLAIN'], 'challenge ""'],
  [['AUTH PLAIN', base64('\0bob\0secret')], 'bob with secret'],
  [[`AUTH PLAIN ${base64('\0bob\0secret')}`], 'bob with secret'],
  [[`auth plain ${base64('bob\0bob\0secret')}`], 'bob with secret'],
  [[`AUTH PLAIN ${base64('alice\0bob\0secret')}`], 'rejected: this PLAIN response cannot be used'],
  [['AUTH PLAIN ='], 'rejected: this PLAIN response cannot be used'],
  [['AUTH PLAIN', ''], 'rejected: this PLAIN response cannot be used'],
  [['AUTH PLAIN', '*'], 'rejected: authentication cancelled'],
  [['AUTH PLAIN', 'no base64!'], 'rejected: this is not base64'],
  [['AUTH PLAIN', base64('\0bob\0a\rb')], 'rejected: this PLAIN response cannot be used'],
  [['AUTH PLAIN', base64('\0bob\nDELE 1\0a')], 'rejected: this PLAIN response cannot be used'],
  [['AUTH PLAIN', base64('\0bob\0a\0b')], 'rejected: this PLAIN response cannot be used'],
  [['AUTH LOGIN'], 'challenge "Username:"'],
  [['AUTH LOGIN', base64('bob')], 'challenge "Password:"'],
  [['AUTH LOGIN', base64('bob'), base64('secret')], 'bob with secret'],
  [['AUTH LOGIN', base64('bob'), ''], 'bob with '],
  [[`AUTH LOGIN ${base64('bob')}`], 'challenge "Password:"'],
  [[`AUTH LOGIN ${base64('bob')}`, base64('secret')], 'bob with secret'],
  [['AUTH LOGIN', '*'], 'rejected: authentication cancelled'],
  [['AUTH LOGIN', base64('bob'), '*'], 'rejected: authentication cancelled'],
  [['AUTH LOGIN', base64('bob'), '?'], 'rejected: this is not base64'],
  [['AUTH LOGIN', '', base64('secret')], 'rejected: user name or password cannot be used'],
  [['AUTH LOGIN', base64('b\rb'), base64('a')], 'rejected: user name or password cannot be used'],
  [['AUTH LOGIN', base64('bob'), base64('a\n')], 'rejected: user name or password cannot be used'],
  [['AUTH CRAM-MD5'], 'rejected: this mechanism is not supported'],
  [['AUTH XOAUTH2 dXNlcj0='], 'rejected: this mechanism is not supported'],
];

for (const [lines, result] of dialogues) {
  test(`${lines.map((line) => JSON.stringify(line)).join(', ')}: ${result.trim()}`, () => {
    assert.equal(dialogue(...lines), result);
  });
}

test('a SASL response that nobody asked for is refused', () => {
  assert.equal(
    describe(handleSaslResponse(noLogin, Buffer.from(base64('x')))),
    'rejected: no authentication is under way',
  );
});
