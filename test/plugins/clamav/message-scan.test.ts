import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Verdict } from '#plugin-api';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { temporaryFolder } from '../../helpers/process.ts';
import { recordingLogger } from '../../helpers/recording-logger.ts';
import { FakeClamd, type ScanScript } from './fake-clamd.ts';
import { multipart, textPart, viewOfLetter } from './letters.ts';
import { type FakeMessage, type FakePart, messageOf } from './message.ts';
import { startPlugin } from './running-plugin.ts';

const virus = Buffer.from('VIRUS');
const letter = [Buffer.from('Subject: x\r\n\r\nhello\r\n')];
const scriptOf =
  (seen: string[] = []): ScanScript =>
  async (peer) => {
    const content = (await peer.message()).toString();
    seen.push(content);
    peer.answer(content.includes('VIRUS') ? 'stream: Found.It FOUND\0' : 'stream: OK\0');
  };

const part = (path: string, content: string | Buffer, more: Partial<FakePart> = {}): FakePart => ({
  path,
  content: [Buffer.from(content)],
  ...more,
});

interface Trial {
  readonly script?: ScanScript;
  readonly content?: readonly Buffer[];
  readonly message?: FakeMessage;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Lines of the clamd.conf that the plugin reads. */
  readonly conf?: string;
}

async function verdictOf({
  script = scriptOf(),
  content = letter,
  message = {},
  options = {},
  conf = '',
}: Trial): Promise<Verdict> {
  await using folder = await temporaryFolder('clamd-conf');
  const clamdConf = join(folder.path, 'clamd.conf');
  await writeFile(clamdConf, conf);
  await using fake = await FakeClamd.start({ script });
  await using plugin = await startPlugin({
    socket: fake.address,
    clamd_conf: clamdConf,
    ...options,
  });
  return await plugin.inspect(messageOf(content, message));
}

test('what other programs would read is scanned too, and a virus there is named with its place', async () => {
  const seen: string[] = [];
  const otherReadings = [
    part('1.1', 'harmless', { contentType: 'text/plain' }),
    part('1.2', 'here: VIRUS', { contentType: 'application/zip', fileNames: ['bill.zip', 'b'] }),
    part('1.3', 'never seen'),
  ];
  assert.deepEqual(await verdictOf({ script: scriptOf(seen), message: { otherReadings } }), {
    kind: 'block',
    finding: 'Found.It',
    explanation: 'The virus scanner ClamAV found Found.It.',
    part: 'bill.zip',
    evidence: 'part 1.2 (application/zip), as some programs read it',
  });
  assert.deepEqual(seen, [String(letter[0]), 'harmless', 'here: VIRUS']);
});

test('a message that other programs read without harm passes', async () => {
  const otherReadings = [part('1', 'harmless'), part('2', 'harmless as well')];
  assert.deepEqual(await verdictOf({ message: { otherReadings } }), { kind: 'pass' });
});

test('the parts of the message are scanned by themselves unless the configuration saves that', async () => {
  const message = { parts: [part('1', 'VIRUS', { contentType: 'text/html' })] };
  const scan_parts = 'ambiguous';
  assert.deepEqual(await verdictOf({ message, options: { scan_parts } }), { kind: 'pass' });
  assert.deepEqual(await verdictOf({ message }), {
    kind: 'block',
    finding: 'Found.It',
    explanation: 'The virus scanner ClamAV found Found.It.',
    evidence: 'part 1 (text/html)',
  });
});

test('containers and parts without content cost no scan', async () => {
  const seen: string[] = [];
  const otherReadings = [
    part('1', 'VIRUS', { isContainer: true }),
    part('1.1', ''),
    part('1.2', 'x'),
  ];
  const verdict = await verdictOf({ script: scriptOf(seen), message: { otherReadings } });
  assert.deepEqual(verdict, { kind: 'pass' });
  assert.deepEqual(seen.slice(1), ['x']);
});

test('the text of an ordinary letter is scanned once, its attachment a second time', async () => {
  const file = 'Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nZmlsZQ==';
  const text = `From: a@example.org\r\n${multipart('mixed', textPart('html', 'hello'), file)}`;
  const seen: string[] = [];
  await using fake = await FakeClamd.start({ script: scriptOf(seen) });
  await using plugin = await startPlugin({ socket: fake.address });
  assert.deepEqual(await plugin.inspect(viewOfLetter(text)), { kind: 'pass' });
  assert.deepEqual(seen, [text, 'file']);
});

test('the text of a letter that clamd has not scanned is scanned by itself', async () => {
  const seen: string[] = [];
  const script: ScanScript = async (peer) => {
    const content = String(await peer.message());
    seen.push(content);
    const limit = 'stream: Heuristics.Limits.Exceeded.MaxFiles FOUND\0';
    peer.answer(content.startsWith('From') ? limit : 'stream: OK\0');
  };
  await using fake = await FakeClamd.start({ script });
  await using plugin = await startPlugin({ socket: fake.address });
  const text = `From: a@example.org\r\n${textPart('plain', 'hello')}`;
  assert.equal((await plugin.inspect(viewOfLetter(text))).kind, 'block');
  assert.deepEqual(seen, [text, 'hello']);
});

test('a declared type of odd octets is printable in the evidence', async () => {
  const otherReadings = [part('1', 'VIRUS', { contentType: `a\r\nb/é${'x'.repeat(200)}` })];
  const verdict = await verdictOf({ message: { otherReadings } });
  assert.ok(verdict.kind === 'block');
  assert.match(verdict.evidence ?? '', /^part 1 \(a\?\?b\/\?x{94}\), as some/);
});

const tooLarge = 'it is too large for the virus scanner';

for (const [name, trial, why] of [
  ['our own limit', { content: [Buffer.alloc(1025)], options: { max_stream: '1KB' } }, tooLarge],
  ['MaxFileSize', { content: [Buffer.alloc(1025)], conf: 'MaxFileSize 1K\n' }, tooLarge],
  [
    'the limit of clamd',
    {
      script: async (peer) => {
        await peer.message();
        peer.answer('INSTREAM size limit exceeded. ERROR\0');
      },
    },
    tooLarge,
  ],
  [
    'a limit within clamd',
    {
      script: async (peer) => {
        await peer.message();
        peer.answer('stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0');
      },
    },
    'the virus scanner gave up (Heuristics.Limits.Exceeded.MaxRecursion)',
  ],
] satisfies readonly (readonly [string, Trial, string])[]) {
  test(`a message over ${name} is blocked, flagged or deferred, but neither clean nor infected`, async () => {
    assert.deepEqual(await verdictOf(trial), {
      kind: 'block',
      finding: 'not-scanned',
      explanation: `The message could not be checked for viruses: ${why}.`,
      evidence: why,
    });
    const following = async (notScanned: string) =>
      await verdictOf({
        ...trial,
        options: { ...('options' in trial ? trial.options : {}), not_scanned: notScanned },
      });
    assert.deepEqual(await following('flag'), {
      kind: 'flag',
      label: 'not-scanned',
      evidence: why,
    });
    assert.deepEqual(await following('defer'), { kind: 'tempfail', reason: why });
  });
}

test('a message of exactly the limit is scanned', async () => {
  const content = [Buffer.alloc(1024)];
  assert.deepEqual(await verdictOf({ content, conf: 'StreamMaxLength 1K' }), { kind: 'pass' });
});

test('a virus in a part counts for more than the message that could not be scanned', async () => {
  const trial = { content: [Buffer.alloc(1025)], options: { max_stream: '1KB' } };
  const infected = await verdictOf({ ...trial, message: { otherReadings: [part('1', 'VIRUS')] } });
  assert.ok(infected.kind === 'block');
  assert.equal(infected.finding, 'Found.It');
  const clean = await verdictOf({ ...trial, message: { otherReadings: [part('1', 'x')] } });
  assert.ok(clean.kind === 'block');
  assert.equal(clean.finding, 'not-scanned');
});

test('a part over the limit is named, and those behind it are scanned', async () => {
  const large = part('1', Buffer.alloc(2000), { fileNames: ['large.bin'] });
  const options = { max_stream: '1KB' };
  const alone = await verdictOf({ message: { otherReadings: [large, part('2', 'x')] }, options });
  assert.deepEqual(alone, {
    kind: 'block',
    finding: 'not-scanned',
    explanation: `The message could not be checked for viruses: ${tooLarge}.`,
    part: 'large.bin',
    evidence: `${tooLarge}: part 1 (application/octet-stream), as some programs read it`,
  });
  const beside = await verdictOf({
    message: { otherReadings: [large, part('2', virus)] },
    options,
  });
  assert.ok(beside.kind === 'block');
  assert.equal(beside.finding, 'Found.It');
});

test('the octets of all parts together are bounded by MaxScanSize', async () => {
  const otherReadings = ['1', '2', '3'].map((path) => part(path, Buffer.alloc(800)));
  const verdict = await verdictOf({ message: { otherReadings }, conf: 'MaxScanSize 2K\n' });
  assert.ok(verdict.kind === 'block');
  assert.equal(verdict.finding, 'not-scanned');
  const fewer = { otherReadings: otherReadings.slice(0, 2) };
  assert.deepEqual(await verdictOf({ message: fewer, conf: 'MaxScanSize 2K\n' }), { kind: 'pass' });
});

test('the number of parts is bounded', async () => {
  const seen: string[] = [];
  const otherReadings = Array.from({ length: 501 }, (_, index) => part(String(index), 'x'));
  const verdict = await verdictOf({ script: scriptOf(seen), message: { otherReadings } });
  assert.ok(verdict.kind === 'block');
  assert.equal(verdict.finding, 'not-scanned');
  assert.match(verdict.evidence ?? '', /^it has more parts than are scanned: part 500 /);
  assert.equal(seen.length, 501);
});

test('clamd may end a part early; the walk goes on with the next one', async () => {
  const large = Array.from({ length: 40 }, () => Buffer.alloc(65_536));
  const script: ScanScript = async (peer) => {
    const first = await peer.piece();
    if (first?.length === 65_536) {
      peer.say('INSTREAM size limit exceeded. ERROR\0');
      await peer.closed();
    } else {
      await peer.message();
      peer.answer(first?.includes(virus) ? 'stream: Found.It FOUND\0' : 'stream: OK\0');
    }
  };
  const otherReadings = [{ path: '1', content: large }, part('2', 'VIRUS')];
  const verdict = await verdictOf({ script, message: { otherReadings } });
  assert.ok(verdict.kind === 'block');
  assert.equal(verdict.finding, 'Found.It');
});

test('a part that cannot be read is an error of the message, not a verdict', async () => {
  async function* content() {
    yield Buffer.from('x');
    throw new Error('too complex');
  }
  const otherReadings = [{ path: '1', content: content() }];
  await assert.rejects(verdictOf({ message: { otherReadings } }), /too complex/);
});

test('an encrypted file is its own finding, with its own sentence', async () => {
  const script: ScanScript = async (peer) => {
    await peer.message();
    peer.answer('stream: Heuristics.Encrypted.Zip FOUND\0');
  };
  assert.deepEqual(await verdictOf({ script }), {
    kind: 'block',
    finding: 'Heuristics.Encrypted.Zip',
    explanation:
      'The virus scanner ClamAV cannot look into an encrypted file (Heuristics.Encrypted.Zip).',
  });
});

for (const [conf, expected] of [
  ['MaxScanTime 5000', 'block'],
  ['MaxScanTime 5000\nAlertExceedsMax yes', 'pass'],
  ['MaxScanTime 0', 'pass'],
] as const) {
  test(`an OK after five seconds, with ${conf.replace('\n', ' and ')}: ${expected}`, async () => {
    const clock = new FakeClock();
    await using folder = await temporaryFolder('clamd-conf');
    const path = join(folder.path, 'clamd.conf');
    await writeFile(path, conf);
    await using fake = await FakeClamd.start({
      script: async (peer) => {
        await peer.message();
        await clock.advance(5000);
        peer.answer('stream: OK\0');
      },
    });
    await using plugin = await startPlugin({ socket: fake.address, clamd_conf: path }, { clock });
    const verdict = await plugin.inspect(messageOf(letter));
    assert.equal(verdict.kind, expected);
    if (verdict.kind === 'block') assert.match(verdict.explanation ?? '', /may have given up/);
  });
}

test('at the start the line that is missing in clamd.conf is said; of an unknown clamd what is assumed', async () => {
  await using folder = await temporaryFolder('clamd-conf');
  const path = join(folder.path, 'clamd.conf');
  await writeFile(path, 'MaxFileSize 25M\n');
  const log = recordingLogger();
  await using fake = await FakeClamd.start();
  await using _known = await startPlugin({ socket: fake.address, clamd_conf: path }, { log });
  const warning = log.lines.find(({ level }) => level === 'warn');
  assert.equal(warning?.fields['line'], 'AlertExceedsMax yes');
  assert.equal(warning?.fields['file'], path);
  const other = recordingLogger();
  await using _unknown = await startPlugin({ socket: fake.address }, { log: other });
  assert.match(other.lines[0]?.text ?? '', /limits of clamd are not known/);
});
