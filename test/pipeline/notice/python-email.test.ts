// A reader that shares no code with Postern takes what Postern writes for what it was meant to be.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { HeaderBlock } from '../../../src/message/header-block.ts';
import { renderDigest } from '../../../src/pipeline/digest.ts';
import { builtinLanguages } from '../../../src/pipeline/notice/language.ts';
import { wordingOf } from '../../../src/pipeline/notice/languages.ts';
import { renderNotice } from '../../../src/pipeline/notice.ts';
import { block } from '../../../src/plugin-api/verdict.ts';
import { collect } from '../../helpers/pipeline.ts';
import { needs } from '../../helpers/requirement.ts';

const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('../../helpers/parse-message.py', import.meta.url));
const missing = existsSync(python) ? undefined : `${python} is not installed`;

interface Parsed {
  readonly subject: string;
  readonly from: readonly (readonly [name: string, address: string])[];
  readonly to: readonly (readonly [name: string, address: string])[];
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly text: string;
  readonly html: string;
  readonly defects: readonly string[];
}

function parse(wire: Buffer): Parsed {
  const { status, stdout, stderr } = spawnSync(python, [script], { input: wire });
  assert.equal(status, 0, stderr.toString());
  const parsed: Parsed = JSON.parse(stdout.toString());
  assert.deepEqual(parsed.defects, []);
  assert.deepEqual(parsed.types, ['multipart/alternative', 'text/plain', 'text/html']);
  return parsed;
}

async function notice(header: string, language: string): Promise<Buffer> {
  const rendered = renderNotice({
    kind: 'replace',
    original: new HeaderBlock(Buffer.from(header)),
    findings: [{ plugin: 'rules', block: block('exe', { part: 'ä\r\n.exe', explanation: 'é' }) }],
    quarantineId: '0123456789abcdef',
    code: 'K7QF-2M9P-X4TD',
    contact: undefined,
    language,
    templates: undefined,
    targetOctets: undefined,
  });
  return Buffer.concat([rendered.head, await collect(rendered.body())]);
}

for (const language of builtinLanguages) {
  test(`Python reads a notice and a digest in ${language}`, async (t) => {
    if (!needs(t, missing)) return;
    const { kinds, digest } = wordingOf(language);
    const header =
      'From: =?utf-8?q?J=C3=BCrgen_M=C3=BCller=2C_Bank?= <j@example.org>\r\n' +
      'To: kim@example.org\r\nSubject: =?utf-8?b?w6TDtsO8?=\r\n\r\n';
    const parsed = parse(await notice(header, language));
    assert.equal(parsed.subject, `[${kinds.replace.mark}] äöü`);
    assert.deepEqual(parsed.from, [['Jürgen Müller, Bank', 'j@example.org']]);
    assert.deepEqual(parsed.to, [['', 'kim@example.org']]);
    assert.ok(parsed.text.replaceAll(/[\r\n ]+/g, ' ').startsWith(kinds.replace.happened));
    assert.ok(parsed.html.includes('<h1'));

    const letter = renderDigest({
      letterId: 'fedcba9876543210fedcba9876543210',
      entries: [],
      language,
      contact: undefined,
      sender: 'Postern <postern@localhost>',
      user: 'kim@example.org',
      nowMs: 0,
    });
    const { subject, from } = parse(letter);
    assert.equal(subject, digest.subject(0));
    assert.deepEqual(from, [['Postern', 'postern@localhost']]);
  });
}

const hostile = {
  'line breaks in encoded words': '=?utf-8?q?a=0D=0ABcc:_e@example.org=0D=0A=0D=0Abody?=',
  'an encoded word in an encoded word': '=?utf-8?q?=3D=3Futf-8=3Fq=3Fevil=40x=3F=3D?=',
  'addresses in encoded words': '=?utf-8?q?a=40b=2C_c=40d=3B_=3Ce=40f=3E?=',
  'a boundary': '--=_postern_alternative--',
  'quotes and brackets': '"\\" <<>> (( ;;',
};

for (const [name, value] of Object.entries(hostile)) {
  test(`Python finds no address, field or part in ${name}`, async (t) => {
    if (!needs(t, missing)) return;
    const header = `From: ${value} <real@example.org>\r\nSubject: ${value}\r\n\r\n`;
    const { from, names } = parse(await notice(header, 'en'));
    assert.equal(from.length, 1);
    assert.ok(['real@example.org', 'unknown@invalid'].includes(from[0]?.[1] ?? ''));
    assert.ok(!names.includes('Bcc'));
  });
}
