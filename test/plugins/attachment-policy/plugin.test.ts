import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessagePart, MessageView, Verdict } from '#plugin-api';
import { runPlugin, sampleFacts } from '#plugin-testing';
import attachmentPolicy from '../../../plugins/attachment-policy/index.ts';
import { Inspection } from '../../../plugins/attachment-policy/inspection.ts';
import { optionsSchema } from '../../../plugins/attachment-policy/options.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { Turns } from '../../../src/base/turns.ts';
import { attachmentSamples } from '../../../src/demo/attachment-samples.ts';
import { hostileSamples } from '../../../src/demo/hostile-samples.ts';
import { testServices } from '../../../src/pipeline/testing.ts';
import { buildZip } from './archives/zip-builder.ts';
import { officeFile } from './documents/office-builder.ts';
import { partOf } from './examine.ts';
import { eicar, letterWith, windowsProgram } from './samples.ts';

async function judge(message: Buffer, options: object = {}): Promise<Verdict | undefined> {
  const { verdict, output } = await runPlugin(attachmentPolicy, options, message);
  assert.deepEqual(output, message);
  return verdict;
}

const pdf = Buffer.from('%PDF-1.4\n');
const passed: Verdict = { kind: 'pass' };

test('an honest message passes', async () => {
  assert.deepEqual(await judge(letterWith({ name: 'a.pdf', content: pdf })), passed);
});

test('every honest sample of the demo passes', async () => {
  for (const { name, content } of attachmentSamples()) {
    assert.deepEqual(await judge(content), passed, name);
  }
});

test('every hostile sample of the demo is stopped', async () => {
  for (const { name, content } of hostileSamples()) {
    assert.equal((await judge(content))?.kind, 'block', name);
  }
});

test('a dangerous name is named in the verdict', async () => {
  const message = letterWith({ content: pdf }, { name: 'invoice.pdf.exe', content: pdf });
  assert.deepEqual(await judge(message), {
    kind: 'block',
    finding: 'double-extension',
    explanation: 'The attachment "invoice.pdf.exe" is a program that bears the name of a document.',
    evidence: 'double-extension: invoice.pdf.exe',
    part: 'invoice.pdf.exe',
    paths: ['1.3'],
  });
});

test('a program without a name is stopped', async () => {
  assert.deepEqual(await judge(letterWith({ content: windowsProgram() })), {
    kind: 'block',
    finding: 'executable',
    explanation: 'A part of the message is a Windows program.',
    evidence: 'executable: part 1.2 (a Windows program)',
    paths: ['1.2'],
  });
});

test('a file in an archive is named with all that it lies in', async () => {
  const letter = officeFile('word', { 'word/vbaProject.bin': Buffer.from('x') });
  const inner = buildZip([{ name: 'report.docm', content: letter }]);
  const zip = buildZip([{ name: 'inner.zip', content: inner }]);
  assert.deepEqual(await judge(letterWith({ name: 'docs.zip', content: zip })), {
    kind: 'block',
    finding: 'macro-document',
    explanation:
      'The file "report.docm" in the file "inner.zip" in the attachment "docs.zip" holds macros.',
    evidence: 'macro: vbaProject.bin in report.docm in inner.zip in docs.zip',
    part: 'docs.zip',
    paths: ['1.2'],
  });
});

test('all parts are judged, so that the message without those named is acceptable', async () => {
  const locked = buildZip([{ name: 'a.txt', content: pdf, flags: 1 }]);
  const message = letterWith(
    { name: 'a.exe', content: pdf },
    { name: 'b.pdf', content: pdf },
    { name: 'locked.zip', content: locked },
    { name: 'c.bin', content: eicar },
  );
  const verdict = await judge(message);
  assert.ok(verdict?.kind === 'block');
  assert.equal(verdict.finding, 'dangerous-extension');
  assert.equal(verdict.evidence, 'dangerous-name: a.exe; test-virus: c.bin');
  assert.deepEqual(verdict.paths, ['1.2', '1.5']);
});

test('the evidence is bounded, however much there is', async () => {
  const files = Array.from({ length: 20 }, () => ({
    name: `${'x'.repeat(500)}.exe`,
    content: pdf,
  }));
  const verdict = await judge(letterWith(...files));
  assert.ok(verdict?.kind === 'block');
  assert.match(verdict.evidence ?? '', /; and 15 more$/);
  assert.ok((verdict.evidence?.length ?? 0) < 1000);
  assert.equal(verdict.paths?.length, 20);
});

test('neither explanation nor evidence shows a control of direction or an endless name', async () => {
  const name = `${'x'.repeat(500)}\u202e\r\n.exe`;
  const verdict = await judge(letterWith({ name, content: pdf }));
  assert.ok(verdict?.kind === 'block');
  assert.match(verdict.explanation ?? '', /^[\x20-\x7e]{1,200}$/);
  assert.match(verdict.evidence ?? '', /^[\x20-\x7e]{1,200}$/);
});

test('each of several names of a part is judged', async () => {
  const message = Buffer.from(
    [
      'Content-Type: application/pdf; name="a.exe"',
      'Content-Disposition: attachment; filename="a.pdf"',
      '',
      'x',
    ].join('\r\n'),
  );
  assert.equal((await judge(message))?.kind, 'block');
});

test('the name of a forwarded message is judged', async () => {
  const inner = Buffer.from('Subject: inner\r\n\r\nHello.\r\n');
  const forwarded = (name: string): Buffer =>
    Buffer.from(
      `Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\n${inner}`,
    );
  assert.equal((await judge(forwarded('a.vbs')))?.kind, 'block');
  assert.deepEqual(await judge(forwarded('a.eml')), passed);
});

const virus = eicar.toString('latin1');
const quoted = [...virus].map((sign) => `=${sign.charCodeAt(0).toString(16).toUpperCase()}`);
const found = 'Eicar-Test-Signature';

const carriers: readonly (readonly [string, string, string | false])[] = [
  ['as the body', `Subject: x\r\n\r\n${virus}`, found],
  ['behind an empty header', `\r\n${virus}\r\n`, found],
  ['in HTML', `Content-Type: text/html\r\n\r\n<html><body>${virus}</body></html>`, found],
  [
    'in quoted-printable',
    `Content-Transfer-Encoding: quoted-printable\r\n\r\n${quoted.join('=\r\n')}`,
    found,
  ],
  [
    'in base64 with noise',
    `Content-Transfer-Encoding: BASE64\r\n\r\n!${eicar.toString('base64').replaceAll(/.{7}/g, '$&\r\n-')}`,
    found,
  ],
  [
    'in a forwarded message',
    `Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n${virus}`,
    found,
  ],
  ['behind a page of text', `Subject: x\r\n\r\n${'text\r\n'.repeat(50)}${virus}`, false],
];

for (const [name, message, finding] of carriers) {
  test(`the test virus ${name} is ${finding ? 'found' : 'not looked for'}`, async () => {
    const verdict = await judge(Buffer.from(message, 'latin1'));
    assert.equal(verdict?.kind === 'block' && verdict.finding, finding);
  });
}

test('a letter about scripts and shortcuts is no script and no shortcut', async () => {
  for (const text of ['#!/bin/sh\necho\n', '[InternetShortcut]\r\nURL=x\r\n']) {
    assert.deepEqual(await judge(Buffer.from(`Subject: x\r\n\r\n${text}`)), passed);
    assert.notDeepEqual(await judge(letterWith({ name: 'a', content: Buffer.from(text) })), passed);
  }
});

const locked = buildZip([{ name: 'a.txt', content: pdf, flags: 1 }]);

test('an archive that cannot be read is flagged, stopped or passed', async () => {
  const message = letterWith({ name: 'a.zip', content: locked });
  const evidence = 'encrypted-archive: a.zip (a file in it is encrypted)';
  const flagged = { kind: 'flag', label: 'encrypted-archive', evidence };
  assert.deepEqual(await judge(message), flagged);
  assert.deepEqual(await judge(message, { verdicts: { 'encrypted-archive': 'off' } }), passed);
  assert.deepEqual(await judge(message, { verdicts: { 'encrypted-archive': 'block' } }), {
    kind: 'block',
    finding: 'encrypted-archive',
    explanation:
      'The attachment "a.zip" is an archive that is encrypted: a file in it is encrypted.',
    evidence,
    part: 'a.zip',
    paths: ['1.2'],
  });
});

test('an archive beyond the limit is not held in memory', async () => {
  const content = Buffer.alloc(1024 * 1024 + 1);
  content.write('PK\x03\x04', 'latin1');
  const options = { limits: { max_archive: '1MB' } };
  assert.deepEqual(await judge(letterWith({ name: 'a.bin', content }), options), {
    kind: 'flag',
    label: 'archive-unreadable',
    evidence: 'too-large: a.bin (it is too large)',
  });
});

test('a rule of the administrator stands in the verdict by its name', async () => {
  const rules = [
    {
      name: 'no-films',
      match: { types: ['video/*'], min_size: '1KB' },
      verdict: 'block',
      explanation: 'Films belong on the share.',
    },
  ];
  const film = { name: 'a.mp4', type: 'video/mp4', content: Buffer.alloc(2000, 'x') };
  assert.deepEqual(await judge(letterWith(film), { rules }), {
    kind: 'block',
    finding: 'no-films',
    explanation: 'Films belong on the share.',
    evidence: 'no-films: a.mp4',
    part: 'a.mp4',
    paths: ['1.2'],
  });
  const short = { ...film, content: Buffer.alloc(1000, 'x') };
  assert.deepEqual(await judge(letterWith(short), { rules }), passed);
});

test('what lies in a file that passes is judged all the same', async () => {
  const rules = [{ name: 'our-zips', match: { names: ['*.zip'] }, verdict: 'pass' }];
  const zip = buildZip([{ name: 'a.exe', content: pdf }]);
  const verdict = await judge(letterWith({ name: 'a.zip', content: zip }), { rules });
  assert.equal(verdict?.kind, 'block');
  assert.deepEqual(await judge(letterWith({ name: 'a.zip', content: locked }), { rules }), passed);
});

test('verdicts depend on content and options only', async () => {
  const instance = await attachmentPolicy.setup(optionsSchema.parse({}), testServices());
  assert.equal(instance.cacheKey?.(), 'attachment-policy/3');
});

interface FakeMessage {
  readonly own: readonly MessagePart[];
  readonly other?: readonly MessagePart[];
  size?(): Promise<number>;
}

function inspect({ own, other = [], size = async () => 1000 }: FakeMessage): Promise<Verdict> {
  const message: MessageView = {
    ...sampleFacts(0),
    signal: new AbortController().signal,
    headers: () => assert.fail('the header was read'),
    bytes: () => assert.fail('the octets were read'),
    async *parts() {
      yield* own;
    },
    async *otherReadings() {
      yield* other;
    },
    ambiguities: () => assert.fail('the ambiguities were asked for'),
    size,
  };
  const services = { clock: systemClock, turns: new Turns(1) };
  return new Inspection(message, optionsSchema.parse({}), services).run();
}

test('what other programs see in a message is judged, and no path is vouched for', async () => {
  const own = [partOf(pdf, { name: 'a.pdf' })];
  const other = [{ ...partOf(windowsProgram(), { name: 'b.txt' }), path: '1.2' }];
  assert.deepEqual(await inspect({ own, other }), {
    kind: 'block',
    finding: 'executable',
    explanation: 'The attachment "b.txt" is a Windows program.',
    evidence: 'executable: b.txt (a Windows program)',
    part: 'b.txt',
  });
  assert.deepEqual(await inspect({ own, other: own }), passed);
});

test('of a file that need not be opened only the start is read', async () => {
  const asked: number[] = [];
  const part: MessagePart = {
    ...partOf(Buffer.alloc(0), { name: 'a.jpg' }),
    async head(maxBytes) {
      asked.push(maxBytes);
      return Buffer.from('ffd8ffe000104a464946', 'hex');
    },
    content: () => assert.fail('the content was read'),
  };
  const size = () => assert.fail('the end was waited for');
  assert.deepEqual(await inspect({ own: [part], size }), passed);
  assert.deepEqual(asked, [4100]);
});

test('a message that cannot be read further gets no verdict', async () => {
  const failure = new Error('the upstream is gone');
  const part: MessagePart = {
    ...partOf(Buffer.alloc(0), { name: 'a.zip' }),
    head: async () => Buffer.from('PK\x03\x04'),
    async *content() {
      yield Buffer.from('PK\x03\x04');
      throw failure;
    },
  };
  await assert.rejects(inspect({ own: [part] }), failure);
});
