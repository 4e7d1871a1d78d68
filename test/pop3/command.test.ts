import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BadCommand, type Command, parseCommand } from '../../src/pop3/command.ts';

function parse(text: string): Command | BadCommand {
  return parseCommand(Buffer.from(text, 'latin1'));
}

const octets = (text: string) => Buffer.from(text, 'latin1');

const commands: readonly [line: string, command: Command][] = [
  ['CAPA', { name: 'CAPA' }],
  ['noop', { name: 'NOOP' }],
  ['Quit', { name: 'QUIT' }],
  ['STAT ', { name: 'STAT' }],
  ['STLS', { name: 'STLS' }],
  ['RSET', { name: 'RSET' }],
  ['utf8', { name: 'UTF8' }],
  ['LANG', { name: 'LANG', language: undefined }],
  ['LANG *', { name: 'LANG', language: '*' }],
  ['lang i-Default', { name: 'LANG', language: 'i-Default' }],
  ['LANG de-CH-1996', { name: 'LANG', language: 'de-CH-1996' }],
  ['USER bob', { name: 'USER', user: octets('bob') }],
  ['USER bob smith ', { name: 'USER', user: octets('bob smith ') }],
  ['USER J\xfcrgen', { name: 'USER', user: octets('J\xfcrgen') }],
  ['PASS secret', { name: 'PASS', password: octets('secret') }],
  ['pass  two  blanks ', { name: 'PASS', password: octets(' two  blanks ') }],
  ['PASS ', { name: 'PASS', password: octets('') }],
  ['PASS a\tb', { name: 'PASS', password: octets('a\tb') }],
  ['AUTH', { name: 'AUTH', mechanism: undefined, initialResponse: undefined }],
  ['AUTH plain', { name: 'AUTH', mechanism: 'PLAIN', initialResponse: undefined }],
  ['AUTH PLAIN =', { name: 'AUTH', mechanism: 'PLAIN', initialResponse: '=' }],
  ['AUTH LOGIN Ym9i', { name: 'AUTH', mechanism: 'LOGIN', initialResponse: 'Ym9i' }],
  ['LIST', { name: 'LIST', number: undefined }],
  ['LIST 7', { name: 'LIST', number: 7 }],
  ['UIDL', { name: 'UIDL', number: undefined }],
  ['UIDL  7', { name: 'UIDL', number: 7 }],
  ['RETR 1', { name: 'RETR', number: 1 }],
  ['RETR 0000000001', { name: 'RETR', number: 1 }],
  ['DELE 9999999999', { name: 'DELE', number: 9_999_999_999 }],
  ['TOP 1 0', { name: 'TOP', number: 1, lines: 0 }],
  ['top 12 9999999999', { name: 'TOP', number: 12, lines: 9_999_999_999 }],
];

for (const [line, command] of commands) {
  test(`${JSON.stringify(line)} is understood`, () => {
    assert.deepEqual(parse(line), command);
  });
}

const refusals: readonly [line: string, problem: RegExp][] = [
  ['', /unknown command/],
  [' NOOP', /unknown command/],
  ['XYZZY', /unknown command/],
  ['PASS\tsecret', /unknown command/],
  ['PA\xdf secret', /unknown command/],
  ['LAST', /unknown command/],
  ['APOP bob c4c9334bac560ecc979e58001b3e22fb', /unknown command/],
  ['NOOP x', /takes no argument/],
  ['QUIT now', /takes no argument/],
  ['USER', /needs a name/],
  ['USER ', /needs a name/],
  ['PASS', /needs a password/],
  ['AUTH PLAIN AA== BB==', /mechanism/],
  ['AUTH PL\xc4IN', /mechanism/],
  ['AUTH \xb5', /mechanism/],
  ['LIST x', /message number/],
  ['LIST 1 2', /message number/],
  ['UIDL -1', /message number/],
  ['RETR', /message number/],
  ['RETR 1.5', /message number/],
  ['RETR 0x10', /message number/],
  ['RETR 10000000000', /message number/],
  ['RETR\t1', /unknown command/],
  ['DELE 1 2', /message number/],
  ['DELE \xb2', /message number/],
  ['TOP 1', /number of lines/],
  ['UTF8 USER', /takes no argument/],
  ['LANG en de', /takes a language/],
  ['LANG en_GB', /takes a language/],
  ['LANG ninechars', /takes a language/],
  ['LANG 12', /takes a language/],
  ['LANG -en', /takes a language/],
  ['LANG d\xe9', /takes a language/],
  ['TOP 1 -1', /number of lines/],
  ['TOP 1 2 3', /number of lines/],
];

for (const [line, problem] of refusals) {
  test(`${JSON.stringify(line)} is refused`, () => {
    const command = parse(line);
    assert.ok(command.name === 'bad');
    assert.match(command.problem, problem);
  });
}

test('CR, LF and NUL are refused in every argument', () => {
  for (const control of ['\r', '\n', '\0']) {
    for (const line of ['USER a', 'PASS a', 'AUTH PLAIN a', 'RETR 1', 'NOOP ']) {
      assert.deepEqual(parse(`${line}${control}b`), {
        name: 'bad',
        problem: 'control characters are not allowed',
      });
    }
  }
});

/** Everything a refusal may say, so that none can say what the client sent. */
const knownProblems: ReadonlySet<string> = new Set(
  [
    ...refusals.map(([line]) => parse(line)),
    parse('NOOP \0'),
    ...['CAPA', 'RSET', 'STAT', 'STLS', 'UTF8'].map((name) => parse(`${name} x`)),
    ...['LIST', 'UIDL', 'RETR', 'DELE'].map((name) => parse(`${name} x`)),
  ].flatMap((command) => (command.name === 'bad' ? [command.problem] : [])),
);

const anyLine = fc.oneof(
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(
      fc.constantFrom(...commands.map(([line]) => line.split(' ')[0] ?? '')),
      fc.constantFrom('', ' ', '\t', '  '),
      fc.string({ unit: 'binary', maxLength: 40 }),
    )
    .map((parts) => Buffer.from(parts.join(''), 'latin1')),
);

test('no octets make the parser throw, and no refusal repeats them', () => {
  fc.assert(
    fc.property(anyLine, (line) => {
      const command = parseCommand(line);
      assert.ok(command.name !== 'bad' || knownProblems.has(command.problem));
    }),
    { numRuns: 3000 },
  );
});

/** A command as a client would write it. */
function write(command: Command): string {
  switch (command.name) {
    case 'USER':
      return `USER ${command.user.toString('latin1')}`;
    case 'PASS':
      return `PASS ${command.password.toString('latin1')}`;
    case 'LANG':
      return ['LANG', command.language].filter(Boolean).join(' ');
    case 'AUTH':
      return ['AUTH', command.mechanism, command.initialResponse].filter(Boolean).join(' ');
    case 'TOP':
      return `TOP ${command.number} ${command.lines}`;
    case 'LIST':
    case 'UIDL':
    case 'RETR':
    case 'DELE':
      return [command.name, command.number].filter((word) => word !== undefined).join(' ');
    default:
      return command.name;
  }
}

test('a command that was understood, written again, is understood as the same', () => {
  fc.assert(
    fc.property(anyLine, (line) => {
      const command = parseCommand(line);
      if (command.name === 'bad') return;
      assert.deepEqual(parse(write(command)), command);
    }),
    { numRuns: 3000 },
  );
});

test('user and password stay the octets that were sent', () => {
  const argument = fc
    .uint8Array({ min: 1, minLength: 1, maxLength: 200 })
    .map((bytes) => Buffer.from(bytes.filter((octet) => octet !== 0x0a && octet !== 0x0d)))
    .filter((bytes) => bytes.length > 0);
  fc.assert(
    fc.property(argument, (bytes) => {
      assert.deepEqual(parseCommand(Buffer.concat([octets('USER '), bytes])), {
        name: 'USER',
        user: bytes,
      });
      assert.deepEqual(parseCommand(Buffer.concat([octets('PASS '), bytes])), {
        name: 'PASS',
        password: bytes,
      });
    }),
  );
});
