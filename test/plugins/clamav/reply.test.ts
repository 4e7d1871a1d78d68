import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { Clamd } from '../../../plugins/clamav/clamd.ts';
import {
  isWhole,
  judgeReply,
  type ParseReply,
  type SendPhase,
} from '../../../plugins/clamav/reply.ts';

let parse: ParseReply;

before(async () => {
  const clamd = await Clamd.create({ kind: 'unix', path: '/nonexistent' }, 1000);
  parse = clamd.parseReply;
});

const judge = (reply: string, phase: SendPhase = 'sent') =>
  judgeReply(Buffer.from(reply, 'latin1'), phase, parse);

test('clean is exactly the terminated OK after the whole message', () => {
  assert.deepEqual(judge('stream: OK\0'), { kind: 'clean' });
});

test('an OK before the end of the message is a failure', () => {
  for (const phase of ['sending', 'ending'] as const) {
    assert.equal(judge('stream: OK\0', phase).kind, 'failed');
  }
});

const notClean = [
  '',
  '\0',
  'stream: OK',
  'stream: OK\n',
  'stream: OK\n\0',
  'stream: OK\0\0',
  'stream: OK\0stream: OK\0',
  'stream: OK\0x',
  ' stream: OK\0',
  'stream:  OK\0',
  'stream: OK \0',
  'stream: ok\0',
  'Stream: OK\0',
  'other: OK\0',
  'OK\0',
  'stream: NOT OK\0',
  'strea',
  'UNKNOWN COMMAND\0',
  'COMMAND READ TIMED OUT\0',
  'INSTREAM: Command not supported. ERROR\0',
  "stream: Can't allocate memory ERROR\0",
  'stream: Eicar-Test-Signature FOUND',
  'stream: FOUND\0',
  'stream:  FOUND\0',
  'FOUND\0',
  'PONG\0',
  '\xff\xfe\0',
];

for (const reply of notClean) {
  test(`the reply ${JSON.stringify(reply)} is a failure`, () => {
    assert.equal(judge(reply).kind, 'failed');
  });
}

test('no other octets than the exact reply are ever clean', () => {
  const near = fc
    .tuple(fc.nat(10), fc.constantFrom('', '\0', ' ', 'O', '\n', '\xff'))
    .map(([at, text]) => `${'stream: OK\0'.slice(0, at)}${text}${'stream: OK\0'.slice(at + 1)}`);
  fc.assert(
    fc.property(fc.oneof(near, fc.string()), (reply) => {
      fc.pre(reply !== 'stream: OK\0');
      return judge(reply).kind !== 'clean';
    }),
    { numRuns: 500 },
  );
});

test('FOUND gives the name of the signature, in whatever phase', () => {
  for (const phase of ['sending', 'ending', 'sent'] as const) {
    assert.deepEqual(judge('stream: Win.Test.EICAR_HDB-1 FOUND\0', phase), {
      kind: 'infected',
      signature: 'Win.Test.EICAR_HDB-1',
    });
  }
});

test('the hash and size that clamd can append are not part of the signature', () => {
  assert.deepEqual(judge(`stream: Eicar-Test-Signature(${'4d'.repeat(16)}:68) FOUND\0`), {
    kind: 'infected',
    signature: 'Eicar-Test-Signature',
  });
});

test('a signature of odd octets is printable', () => {
  assert.deepEqual(judge('stream: Evil\xe9\x1b[0m FOUND\0'), {
    kind: 'infected',
    signature: 'Evil??[0m',
  });
});

test('the size limit of clamd is told apart from other errors', () => {
  assert.deepEqual(judge('INSTREAM size limit exceeded. ERROR\0', 'sending'), { kind: 'tooLarge' });
});

test('a limit that clamd met is neither a virus nor clean', () => {
  for (const limit of ['MaxFileSize', 'MaxScanSize', 'MaxScanTime', 'MaxRecursion']) {
    const name = `Heuristics.Limits.Exceeded.${limit}`;
    assert.deepEqual(judge(`stream: ${name} FOUND\0`), { kind: 'limitExceeded', name });
    const detailed = `stream: ${name}(${'4d'.repeat(16)}:68) FOUND\0`;
    assert.deepEqual(judge(detailed), { kind: 'limitExceeded', name });
  }
  assert.equal(judge('stream: Heuristics.Limits.Exceeded FOUND\0').kind, 'limitExceeded');
  assert.equal(judge('stream: Heuristics.Limits.ExceededBy.Far FOUND\0').kind, 'infected');
});

test('an encrypted file is a finding of its own', () => {
  assert.deepEqual(judge('stream: Heuristics.Encrypted.Zip FOUND\0'), {
    kind: 'infected',
    signature: 'Heuristics.Encrypted.Zip',
  });
});

test('a pause of the message that was too long for clamd is told apart', () => {
  assert.deepEqual(judge('COMMAND READ TIMED OUT\n', 'sending'), { kind: 'pausedTooLong' });
  assert.equal(judge('COMMAND READ TIMED OUT\n\0').kind, 'failed');
});

test('a reply is whole with its NUL, or when it is the one that has none', () => {
  for (const whole of ['stream: OK\0', 'x\0y', 'COMMAND READ TIMED OUT\n']) {
    assert.ok(isWhole(Buffer.from(whole)), whole);
  }
  for (const part of ['', 'stream: OK', 'stream: OK\n', 'COMMAND READ TIMED OUT']) {
    assert.ok(!isWhole(Buffer.from(part)), part);
  }
});

test('the text of an error appears in the reason, on one line', () => {
  const judgement = judge('stream: no\r\nmemory ERROR\0');
  assert.deepEqual(judgement, {
    kind: 'failed',
    reason: 'clamd refused the scan: stream: no??memory ERROR',
  });
});
