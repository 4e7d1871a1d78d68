import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { assembleEicar } from '../../src/demo/eicar.ts';
import { buildSampleMailbox } from '../../src/demo/sample-mailbox.ts';

const samples = buildSampleMailbox();

function contentOf(name: string): Buffer {
  const found = samples.find((sample) => sample.name === name);
  assert.ok(found, name);
  return found.content;
}

test('there are about thirty samples with unique names fit for a UIDL', () => {
  assert.ok(samples.length >= 30);
  assert.equal(new Set(samples.map(({ name }) => name)).size, samples.length);
  for (const { name } of samples) assert.match(name, /^[!-~]{1,70}$/);
});

test('both outcomes are expected of several samples', () => {
  const kinds = samples.map(({ expectation }) => expectation.kind);
  assert.ok(kinds.filter((kind) => kind === 'delivered').length >= 20);
  assert.ok(kinds.filter((kind) => kind === 'replaced').length >= 6);
});

test('two builds give the same octets', () => {
  for (const [index, again] of buildSampleMailbox().entries()) {
    assert.ok(again.content.equals(samples[index]!.content), again.name);
  }
});

describe('every sample', () => {
  for (const { name, content, expectation } of samples) {
    test(`${name} ends every line with CRLF, holds no NUL and has a complete header`, () => {
      const text = content.toString('latin1');
      assert.doesNotMatch(text, /(?<!\r)\n|\r(?!\n)/);
      assert.ok(text.endsWith('\r\n'));
      assert.equal(text.includes('\0'), false);
      const header = text.slice(0, text.indexOf('\r\n\r\n') + 2);
      assert.match(header, /^(?:[!-9;-~]+:[^\r]*\r\n(?:[ \t][^\r]*\r\n)*)+$/);
      for (const field of ['From', 'To', 'Subject', 'Date', 'Message-ID']) {
        assert.match(header, new RegExp(`^${field}: `, 'm'));
      }
      assert.match(header, /^Date: Mon, 02 Nov 2026/m);
    });

    if (expectation.kind !== 'replaced') continue;
    test(`${name} contains its contraband`, () => {
      assert.ok(expectation.contraband.length >= 30);
      assert.ok(content.includes(expectation.contraband));
    });
  }
});

test('the large sample has 20 MB, in lines that mail servers accept', () => {
  const content = contentOf('large-file');
  assert.ok(content.length > 20_000_000 && content.length < 20_100_000);
  assert.ok(content.indexOf('\r\n', content.length / 2) - content.length / 2 <= 78);
});

test('the dot sample has lines of one dot and of several', () => {
  const body = contentOf('dot-lines').toString();
  for (const line of ['\r\n.\r\n', '\r\n..\r\n', '\r\n...\r\n', '\r\n.hidden\r\n']) {
    assert.ok(body.includes(line), JSON.stringify(line));
  }
});

test('the octet sample holds every octet but NUL, CR and LF in its first line', () => {
  const content = contentOf('every-octet');
  const body = content.subarray(content.indexOf('\r\n\r\n') + 4);
  const line = body.subarray(0, body.indexOf('\r\n'));
  assert.equal(new Set(line).size, 253);
});

test('the EICAR string has its 68 octets and stands in no source file of the demo', async () => {
  const eicar = assembleEicar();
  assert.equal(eicar.length, 68);
  assert.match(eicar, /^X5O!P%@AP\[4\\PZX54\(P\^\)7CC\)7\}\$EICAR/);
  const folder = new URL('../../src/demo/', import.meta.url);
  for (const file of await readdir(folder)) {
    const source = await readFile(new URL(file, folder), 'latin1');
    assert.equal(source.includes(eicar), false, file);
    assert.equal(source.includes(Buffer.from(eicar).toString('base64').slice(0, 40)), false, file);
  }
});
