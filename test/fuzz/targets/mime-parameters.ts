// Owns the fuzz target of parameters and file names in Content-Type and Content-Disposition.
import assert from 'node:assert/strict';
import { parseMimeValue } from '../../../src/message/mime-parameters.ts';
import { fileNamesOf, findParameter } from '../../../src/message/text.ts';
import type { FuzzTarget } from '../target.ts';

/** Readings run on to a semicolon, yet not further than this: mime-parameters.ts. */
const maxReadingOctets = 500;

function checkParameters(raw: string): void {
  const { value, parameters } = parseMimeValue(raw);
  assert.equal(value, value.toLowerCase());
  assert.doesNotMatch(value, /[ \t;]/);
  let readOctets = 0;
  for (const { name, value: first, readings } of parameters) {
    assert.match(name, /^[^ \t=;"]+$/);
    assert.equal(first, readings[0]);
    assert.equal(new Set(readings).size, readings.length);
    readOctets += readings.reduce((sum, reading) => sum + reading.length, 0);
  }
  assert.ok(readOctets <= 3 * raw.length + 3 * maxReadingOctets * parameters.length);
}

function checkNames(raw: string): void {
  const value = parseMimeValue(raw);
  const names = fileNamesOf([value], [value]);
  assert.ok(!names.includes(''));
  assert.equal(new Set(names).size, names.length);
  const alone = [...fileNamesOf([value], []), ...fileNamesOf([], [value])];
  assert.deepEqual([...new Set(alone)].sort(), [...names].sort());
}

/** What a careful sender writes is read back, as the first of the readings. */
function checkWritten(text: string): void {
  const printable = text.replaceAll(/[^\x20-\x7e]/g, '').replaceAll('=?', '');
  const quoted = `"${printable.replaceAll(/["\\]/g, '\\$&')}"`;
  const { parameters } = parseMimeValue(`attachment; filename=${quoted}; size=1`);
  assert.equal(findParameter(parameters, 'filename'), printable);
  assert.equal(findParameter(parameters, 'size'), '1');

  const escaped = [...Buffer.from(text)].map((octet) => `%${octet.toString(16).padStart(2, '0')}`);
  const disposition = parseMimeValue(`attachment; filename*=utf-8''${escaped.join('')}`);
  const names = fileNamesOf([], [disposition]);
  // A byte order mark is no part of the text it stands before.
  const expected = text.replace(/^\ufeff/, '');
  if (expected !== '') assert.ok(names.includes(expected));
}

export const mimeParameters: FuzzTarget = {
  name: 'mime-parameters',
  dictionary: [
    'attachment; filename=',
    '; name=',
    "; filename*=utf-8''",
    '; filename*0*=',
    '; filename*1=',
    '"',
    '\\"',
    '\\',
    '(',
    ')',
    ';',
    '=',
    '%41',
    '=?utf-8?B?YQ==?=',
    'text/plain',
    ' ',
    '\t',
    "'",
  ],
  check(input) {
    const raw = input.toString('latin1');
    checkParameters(raw);
    checkNames(raw);
    checkWritten(input.toString('utf8'));
  },
  exercise(input) {
    const raw = input.toString('latin1');
    const value = parseMimeValue(raw);
    fileNamesOf([value], [value]);
    findParameter(value.parameters, 'boundary');
  },
};
