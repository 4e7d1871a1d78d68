import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAnswer, ratingOf } from '../../../plugins/spamassassin/answer.ts';
import { hasLearned } from '../../../plugins/spamassassin/lesson.ts';
import { optionsSchema } from '../../../plugins/spamassassin/options.ts';
import { matchedRules } from '../../../plugins/spamassassin/report.ts';
import { formatHead } from '../../../plugins/spamassassin/request.ts';
import { userName } from '../../../plugins/spamassassin/user-name.ts';

test('a request has the fields that its command needs', () => {
  assert.equal(formatHead({ command: 'PING', octets: 0 }), 'PING SPAMC/1.5\r\n\r\n');
  assert.equal(
    formatHead({ command: 'TELL', octets: 7, user: 'ann@host', teaching: 'ham' }),
    'TELL SPAMC/1.5\r\nContent-length: 7\r\nUser: ann@host\r\nMessage-class: ham\r\nSet: local\r\n\r\n',
  );
  const forgetting = formatHead({ command: 'TELL', octets: 7, teaching: 'forget' });
  assert.match(forgetting, /\r\nRemove: local\r\n/);
});

test('users of spamd are told apart as accounts are, and none names a folder above', () => {
  const host = 'pop.example.org';
  for (const [user, expected] of [
    ['ann', 'ann@pop.example.org'],
    ['ann@example.org', 'ann@example.org@pop.example.org'],
    ['..', '=2E.@pop.example.org'],
    ['a/../b', 'a=2F..=2Fb@pop.example.org'],
    ['a=2F', 'a=3D2F@pop.example.org'],
    ['a b', 'a=20b@pop.example.org'],
    ['{host}', '=7Bhost=7D@pop.example.org'],
    ['a\r\nSet: local', 'a=0D=0ASet=3A=20local@pop.example.org'],
  ] as const) {
    assert.equal(userName('{user}@{host}', { user, upstreamHost: host }), expected);
  }
  assert.equal(userName('{user}', { user: 'ann', upstreamHost: host }), 'ann');
  assert.equal(userName('everybody', { user: 'ann', upstreamHost: host }), 'everybody');
});

test('no two accounts have the same user, whatever they are called', () => {
  const owner = fc.record({
    user: fc.string({ unit: 'binary', maxLength: 200 }),
    upstreamHost: fc.domain(),
  });
  fc.assert(
    fc.property(owner, owner, (one, other) => {
      const names = [one, other].map((each) => userName('{user}@{host}', each));
      for (const name of names) assert.match(name, /^[A-Za-z0-9+_,=@-][A-Za-z0-9+_.,=@-]{0,119}$/);
      const isSame = one.user === other.user && one.upstreamHost === other.upstreamHost;
      assert.equal(names[0] === names[1], isSame);
    }),
  );
});

test('an answer is read whole or refused, whatever its octets are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
      const said = Buffer.concat([Buffer.from('SPAMD/1.1 0 EX_OK\r\n'), octets]);
      try {
        assert.equal(parseAnswer(said).code, 0);
      } catch (error) {
        assert.match(String(error), /^Error: (?:spamd|the answer)/);
      }
    }),
  );
});

test('scores are read with their signs and fractions', () => {
  for (const [field, points, required] of [
    ['True ; 1002.7 / 5.0', 1002.7, 5],
    ['False ; -12.34 / 7', -12.34, 7],
    ['Yes ; 5 / 5', 5, 5],
  ] as const) {
    const answer = parseAnswer(Buffer.from(`SPAMD/1.1 0 EX_OK\r\nSpam: ${field}\r\n\r\n`));
    assert.deepEqual(ratingOf(answer), { points, required });
  }
});

test('DidSet and DidRemove say whether something was learned', () => {
  const learned = (fields: string, as: 'spam' | 'ham' | 'forget') =>
    hasLearned(parseAnswer(Buffer.from(`SPAMD/1.1 0 EX_OK\r\n${fields}\r\n\r\n`)), as);
  assert.equal(learned('DidSet: local\r\n', 'spam'), true);
  assert.equal(learned('DidSet: remote\r\n', 'spam'), false);
  assert.equal(learned('DidRemove: local,remote\r\n', 'forget'), true);
  assert.equal(learned('DidSet: local\r\n', 'forget'), false);
  assert.equal(learned('', 'ham'), false);
});

test('a table that the message quotes is not taken for that of the report', () => {
  const report = `Content preview:
 pts rule name              description
---- ---------------------- --------------------------------------------------
-99 FORGED                  by the message

 pts rule name              description
---- ---------------------- --------------------------------------------------
 1.5 TRUE_RULE              RBL: description that is too long for one line and
                            -50 CONTINUED goes on
                            [URI: example.org]
-2 WITHOUT_DESCRIPTION

-3 BEHIND                   the table
`;
  assert.deepEqual(matchedRules(Buffer.from(report)), [
    { name: 'WITHOUT_DESCRIPTION', points: -2, text: '' },
    {
      name: 'TRUE_RULE',
      points: 1.5,
      text: 'RBL: description that is too long for one line and -50 CONTINUED goes on [URI: example.org]',
    },
  ]);
  assert.deepEqual(matchedRules(Buffer.from('a report of another form\n')), []);
});

test('a report is read in bounded time and memory', () => {
  const dashes = '---- ---------------------- --------------------------------------------------\n';
  const long = Buffer.from(dashes + ` 1.0 RULE ${'x'.repeat(100)}\n`.repeat(100_000));
  assert.equal(matchedRules(long).length, 200);
  assert.equal(matchedRules(Buffer.alloc(1_000_000, '-')).length, 0);
});

test('a wrong option is refused in a sentence', () => {
  const at = { host: 'localhost', port: 783 };
  const user =
    'expected none, or a name of at most 100 characters in which {user} and {host} may stand';
  for (const [options, sentence] of [
    [{}, 'expected a list of one to 32 servers'],
    [{ servers: [{}] }, 'expected either socket, or host and port'],
    [{ servers: [{ socket: '/s', host: 'h' }] }, 'expected either socket, or host and port'],
    [{ servers: [{ socket: '/s', port: 1 }] }, 'expected no port, tls or ca_file beside socket'],
    [{ servers: [{ ...at, ca_file: 'x' }] }, 'expected tls: verify with ca_file'],
    [{ servers: [at, at] }, 'expected different servers, got localhost:783 twice'],
    [{ servers: [at], user: 'a b' }, user],
    [{ servers: [at], user: '{name}' }, user],
    [{ servers: [at], scale: 0 }, 'expected a number above 0 and at most 10'],
    [{ servers: [at], at_required: 1 }, 'expected a probability above 0 and below 1, such as 0.9'],
    [{ servers: [at], learn: 'yes' }, 'expected off, corrections or all'],
  ] as const) {
    const { error } = optionsSchema.safeParse(options);
    assert.equal(error?.issues[0]?.message, sentence);
  }
});
