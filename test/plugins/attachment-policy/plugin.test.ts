import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { MessagePart, MessageView, Verdict } from '#plugin-api';
import { runPlugin, sampleFacts } from '#plugin-testing';
import attachmentPolicy from '../../../plugins/attachment-policy/index.ts';
import { Inspection } from '../../../plugins/attachment-policy/inspection.ts';
import { defaultLimits } from '../../../plugins/attachment-policy/limits.ts';
import { optionsSchema } from '../../../plugins/attachment-policy/options.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { Turns } from '../../../src/base/turns.ts';
import { attachmentSamples } from '../../../src/demo/attachment-samples.ts';
import { hostileSamples } from '../../../src/demo/hostile-samples.ts';
import { eicar, letterWith, windowsProgram } from './samples.ts';
import { buildZip } from './zip-builder.ts';

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
    part: 'invoice.pdf.exe',
  });
});

test('a program without a name is stopped', async () => {
  assert.deepEqual(await judge(letterWith({ content: windowsProgram() })), {
    kind: 'block',
    finding: 'executable',
    explanation: 'A part of the message is a Windows program.',
  });
});

test('a file in an archive is named with it', async () => {
  const inner = buildZip([{ name: 'setup.exe', content: pdf }]);
  const zip = buildZip([{ name: 'inner.zip', content: inner }]);
  assert.deepEqual(await judge(letterWith({ name: 'a.zip', content: zip })), {
    kind: 'block',
    finding: 'dangerous-extension',
    explanation:
      'The file "setup.exe" in the file "inner.zip" in the attachment "a.zip" is of a kind that can run as a program.',
    part: 'a.zip',
  });
});

test('the explanation shows no control of direction and no endless name', async () => {
  const name = `${'x'.repeat(500)}\u202e\r\n.exe`;
  const verdict = await judge(letterWith({ name, content: pdf }));
  assert.ok(verdict?.kind === 'block');
  assert.match(verdict.explanation ?? '', /^[\x20-\x7e]{1,200}$/);
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

const locked = buildZip([{ name: 'a.txt', content: pdf, flags: 1 }]);

test('an archive that cannot be read is flagged, stopped or passed', async () => {
  const message = letterWith({ name: 'a.zip', content: locked });
  const reason = 'a file in it is encrypted';
  const flagged = { kind: 'flag', label: 'archive-unreadable', evidence: reason };
  assert.deepEqual(await judge(message), flagged);
  assert.deepEqual(await judge(message, { unreadable: 'flag' }), flagged);
  assert.deepEqual(await judge(message, { unreadable: 'pass' }), passed);
  assert.deepEqual(await judge(message, { unreadable: 'block' }), {
    kind: 'block',
    finding: 'archive-unreadable',
    explanation: `The attachment "a.zip" cannot be checked: ${reason}.`,
    part: 'a.zip',
  });
});

test('a finding in a later part outweighs an archive that cannot be read', async () => {
  const message = letterWith({ name: 'a.zip', content: locked }, { content: eicar });
  for (const unreadable of ['flag', 'block', 'pass']) {
    const verdict = await judge(message, { unreadable });
    assert.equal(verdict?.kind === 'block' && verdict.finding, 'Eicar-Test-Signature');
  }
});

test('an archive beyond the limit is not held in memory', async () => {
  const content = Buffer.alloc(defaultLimits.maxArchiveBytes + 1);
  content.write('PK\x03\x04', 'latin1');
  assert.deepEqual(await judge(letterWith({ name: 'a.bin', content })), {
    kind: 'flag',
    label: 'archive-unreadable',
    evidence: 'it is too large',
  });
});

test('RAR and 7z are said to be closed', async () => {
  const content = Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1');
  assert.deepEqual(await judge(letterWith({ name: 'a.jpg', content })), {
    kind: 'flag',
    label: 'archive-unreadable',
    evidence: 'it is a RAR archive',
  });
});

const zipped = (content: Buffer): Buffer => buildZip([{ name: 'a.txt', content }]);

const switches: readonly (readonly [string, object, Buffer])[] = [
  ['executables', { executables: false }, windowsProgram()],
  ['executables in archives', { executables: false }, zipped(windowsProgram())],
  ['the test virus', { eicar: false }, eicar],
  ['the test virus in archives', { eicar: false }, zipped(eicar)],
  ['archives', { archives: false }, zipped(eicar)],
  ['archives that cannot be read', { archives: false }, locked],
];

for (const [what, options, content] of switches) {
  test(`${what} can be left unjudged`, async () => {
    assert.deepEqual(await judge(letterWith({ content }), options), passed);
    assert.notDeepEqual(await judge(letterWith({ content })), passed);
  });
}

test('a compressed file that is no archive passes', async () => {
  assert.deepEqual(await judge(letterWith({ name: 'a.gz', content: gzipSync(pdf) })), passed);
});

test('verdicts depend on content and options only', async () => {
  const services = { log: silentLogger, resolvePath: (path: string) => path };
  const instance = await attachmentPolicy.setup(optionsSchema.parse({}), services);
  assert.equal(instance.cacheKey?.(), 'attachment-policy/2');
});

test('of a file that is no archive only the start is read', async () => {
  const asked: number[] = [];
  const part: MessagePart = {
    path: '1',
    depth: 0,
    headers: { get: () => undefined, all: () => [], text: () => undefined, entries: () => [] },
    contentType: 'application/octet-stream',
    fileNames: ['a.bin'],
    isContainer: false,
    async head(maxBytes) {
      asked.push(maxBytes);
      return Buffer.alloc(maxBytes);
    },
    content: () => assert.fail('the content was read'),
  };
  const message: MessageView = {
    ...sampleFacts(0),
    signal: new AbortController().signal,
    headers: async () => part.headers,
    async *bytes() {},
    async *parts() {
      yield part;
    },
    size: () => assert.fail('the end was waited for'),
  };
  const inspection = new Inspection(message, optionsSchema.parse({}), defaultLimits, new Turns(1));
  assert.deepEqual(await inspection.run(), passed);
  assert.deepEqual(asked, [512]);
});
