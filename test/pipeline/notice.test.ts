import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderBlock } from '../../src/message/header-block.ts';
import { type NoticeFacts, renderNotice } from '../../src/pipeline/notice.ts';
import { walkParts } from '../../src/pipeline/part-walk.ts';
import { block } from '../../src/plugin-api/verdict.ts';
import { collect } from '../helpers/pipeline.ts';

const header = new HeaderBlock(
  Buffer.from(
    'From: Ann <ann@example.org>\r\nTo: kim@example.org\r\nSubject: Hello\r\n' +
      'Date: Mon, 02 Nov 2026 09:12:33 +0000\r\nMessage-ID: <1@example.org>\r\nX-Other: y\r\n\r\n',
  ),
);

function factsWith(changes: Partial<NoticeFacts> = {}): NoticeFacts {
  return {
    original: header,
    findings: [{ plugin: 'clamav', block: block('Eicar') }],
    quarantineId: '0123456789abcdef',
    contact: undefined,
    targetOctets: undefined,
    ...changes,
  };
}

interface ReadNotice {
  readonly wire: Buffer;
  readonly header: HeaderBlock;
  readonly text: string;
}

/** As a client would read it; what must hold of any notice is checked on the way. */
async function read(facts: NoticeFacts): Promise<ReadNotice> {
  const rendered = renderNotice(facts);
  const wire = Buffer.concat([rendered.head, await collect(rendered.body())]);
  assert.equal(rendered.octets, wire.length);
  const latin1 = wire.toString('latin1');
  assert.ok(latin1.endsWith('\r\n'));
  assert.doesNotMatch(latin1, /[^\r]\n|\r[^\n]/, 'bare CR or LF');
  assert.match(latin1, /^[\r\n\x20-\x7e]*$/, 'octets that are not 7bit');
  for (const line of latin1.split('\r\n')) assert.ok(line.length <= 998, `${line.length} octets`);
  const parts = [];
  for await (const part of walkParts(once(wire))) {
    parts.push({ part, text: (await collect(part.content())).toString('utf8') });
  }
  assert.equal(parts.length, 1);
  const [{ part, text }] = parts as [(typeof parts)[0]];
  assert.equal(part.contentType, 'text/plain');
  const end = latin1.indexOf('\r\n\r\n') + 4;
  const names = [...new HeaderBlock(wire.subarray(0, end)).entries()].map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => !expectedNames.includes(name)),
    [],
  );
  assert.equal(new Set(names).size, names.length, 'a field twice');
  assert.ok(text.endsWith('\r\n'));
  return { wire, header: new HeaderBlock(wire.subarray(0, end)), text };
}

const expectedNames = [
  'From',
  'To',
  'Date',
  'Message-ID',
  'Subject',
  'X-Postern-Finding',
  'X-Postern-Quarantine',
  'Auto-Submitted',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
  'X-Postern-Pad',
];

async function* once(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

test('a notice tells whose message it was, what was found and where it lies', async () => {
  const { header: made, text } = await read(
    factsWith({
      findings: [
        { plugin: 'clamav', block: block('Eicar', { part: 'x.zip' }) },
        { plugin: 'rules', block: block('exe', { explanation: 'Programs are not allowed.' }) },
      ],
      contact: 'help@example.org',
    }),
  );
  assert.equal(made.get('From'), 'Ann <ann@example.org>');
  assert.equal(made.get('To'), 'kim@example.org');
  assert.equal(made.get('Date'), 'Mon, 02 Nov 2026 09:12:33 +0000');
  assert.equal(made.get('Message-ID'), '<1@example.org>');
  assert.equal(made.get('Subject'), '[Blocked] Hello');
  assert.equal(made.get('X-Postern-Finding'), 'clamav=Eicar, rules=exe');
  assert.equal(made.get('X-Postern-Quarantine'), '0123456789abcdef');
  assert.equal(made.get('X-Other'), undefined);
  assert.match(text, /^From: {4}Ann <ann@example.org>\r$/m);
  assert.match(text, /^Subject: Hello\r$/m);
  assert.match(text, /^\* Eicar \(clamav\), in the part "x\.zip"\r$/m);
  assert.match(text, /^ {2}Programs are not allowed\.\r$/m);
  assert.match(text, /help@example\.org/);
  assert.match(text, /^ {2}0123456789abcdef\r$/m);
});

test('a message without a readable header gets a notice all the same', async () => {
  for (const original of [undefined, new HeaderBlock(Buffer.alloc(0))]) {
    const { header: made, text } = await read(factsWith({ original }));
    assert.equal(made.get('From'), undefined);
    assert.equal(made.get('Subject'), '[Blocked]');
    assert.match(text, /^Subject: not known\r$/m);
    assert.match(text, /your mail administrator/);
  }
});

const hostile = [
  '=?utf-8?q?a=0D=0ABcc:_evil@example.org=0D=0A=0D=0Abody?=',
  '=?utf-8?q?=E2=80=AEgpj.exe?=',
  '=?utf-8?q?=E2=80=A8line=E2=81=A6?=',
  '\u00ff\u00fe raw octets',
  'x'.repeat(5000),
  `=?utf-8?q?${'=C3=A9'.repeat(2000)}?=`,
  'tab\tand\0nul\x1b[31m',
  '',
] as const;

for (const value of hostile) {
  test(`hostile header text stays text: ${JSON.stringify(value.slice(0, 40))}`, async () => {
    const names = ['From', 'To', 'Subject', 'Date', 'Message-ID'];
    const original = new HeaderBlock(
      Buffer.from(`${names.map((name) => `${name}: ${value}\r\n`).join('')}\r\n`, 'latin1'),
    );
    const { header: made, text } = await read(factsWith({ original }));
    assert.equal(made.get('Bcc'), undefined);
    for (const name of names) assertPlain(made.text(name) ?? '');
    assertPlain(text.replaceAll('\r\n', ''));
  });
}

/** Nothing that moves, hides or reorders what is read. */
function assertPlain(text: string): void {
  assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
}

test('names of parts, findings and explanations cannot break out of their lines', async () => {
  const evil = 'a\r\n\r\nX: y\u202e\u2066\0"';
  const { text } = await read(
    factsWith({
      findings: [{ plugin: 'rules', block: block(evil, { explanation: evil, part: evil }) }],
      contact: 'Ümläut',
    }),
  );
  assertPlain(text.replaceAll('\r\n', ''));
  assert.doesNotMatch(text, /^X: y/m);
});

test('any header, finding and part name gives a notice that can be read', async () => {
  const octets = fc
    .uint8Array({ maxLength: 400 })
    .map((values) => new HeaderBlock(Buffer.concat([Buffer.from('Subject: '), values])));
  const words = fc.string({ unit: 'binary', maxLength: 400 });
  await fc.assert(
    fc.asyncProperty(octets, words, words, words, async (original, finding, part, explanation) => {
      const findings = [{ plugin: 'rules', block: block(finding, { part, explanation }) }];
      const { text } = await read(factsWith({ original, findings }));
      assertPlain(text.replaceAll('\r\n', ''));
    }),
    { numRuns: 100 },
  );
});

test('text beyond ASCII is readable', async () => {
  const original = new HeaderBlock(
    Buffer.from(
      'From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>\r\nSubject: =?utf-8?b?w6TDtsO8?=\r\n\r\n',
    ),
  );
  const { header: made, text } = await read(factsWith({ original }));
  assert.equal(made.text('Subject'), '[Blocked] äöü');
  assert.equal(made.text('From'), 'Jürgen <j@example.org>');
  assert.match(text, /^Subject: äöü\r$/m);
});

test('many findings are all named', async () => {
  const findings = Array.from({ length: 200 }, (_, index) => ({
    plugin: 'rules',
    block: block(`finding-${index}`),
  }));
  const { text } = await read(factsWith({ findings }));
  assert.match(text, /finding-199/);
});

test('a notice is filled to the size that was announced', async () => {
  const { wire } = await read(factsWith({ targetOctets: 4000 }));
  assert.equal(wire.length, 4000);
  const { wire: longer } = await read(factsWith({ targetOctets: 10 }));
  assert.ok(longer.length > 10);
});
