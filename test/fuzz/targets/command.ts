// Owns the fuzz target of command lines: each line of the input is one.
import assert from 'node:assert/strict';
import { type Command, parseCommand } from '../../../src/pop3/command.ts';
import { type FuzzTarget, linesOf } from '../target.ts';

/** All that a client can be told; nothing of what it sent is in it. */
const problems =
  /^(?:unknown command|control characters are not allowed|(?:USER|PASS|AUTH|LIST|UIDL|RETR|DELE|TOP|CAPA|NOOP|QUIT|RSET|STAT|STLS|UTF8|LANG) (?:needs|takes) [a-z ]+)$/;

function format(command: Command): Buffer {
  switch (command.name) {
    case 'USER':
      return Buffer.concat([Buffer.from('USER '), command.user]);
    case 'PASS':
      return Buffer.concat([Buffer.from('PASS '), command.password]);
    case 'AUTH':
      return words(command.name, command.mechanism, command.initialResponse);
    case 'LIST':
    case 'UIDL':
    case 'RETR':
    case 'DELE':
      return words(command.name, command.number);
    case 'LANG':
      return words(command.name, command.language);
    case 'TOP':
      return words(command.name, command.number, command.lines);
    default:
      return words(command.name);
  }
}

function words(...parts: readonly (string | number | undefined)[]): Buffer {
  return Buffer.from(parts.filter((part) => part !== undefined).join(' '), 'latin1');
}

function checkLine(line: Buffer): void {
  const command = parseCommand(line);
  if (command.name === 'bad') {
    assert.match(command.problem, problems);
    return;
  }
  assert.doesNotMatch(line.toString('latin1'), /[\r\n\0]/);
  assert.equal(line.toString('latin1', 0, command.name.length).toUpperCase(), command.name);
  // Octets of credentials are those of the line, blanks included.
  if (command.name === 'USER') assert.deepEqual(command.user, line.subarray(5));
  if (command.name === 'PASS') assert.deepEqual(command.password, line.subarray(5));
  assert.deepEqual(parseCommand(format(command)), command);
}

export const command: FuzzTarget = {
  name: 'command',
  dictionary: [
    'USER ',
    'PASS ',
    'AUTH ',
    'PLAIN',
    'LIST ',
    'UIDL ',
    'RETR 1',
    'DELE 1',
    'TOP 1 0',
    'QUIT',
    'CAPA',
    'UTF8',
    'LANG de-AT',
    '\n',
    '\r',
    '\xdf',
    '99999999999',
    ' =',
  ],
  check(input) {
    for (const line of linesOf(input)) checkLine(line);
  },
  exercise(input) {
    for (const line of [input, ...linesOf(input)]) parseCommand(line);
  },
};
