import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderBlock } from '../../src/message/header-block.ts';
import { paddingField, paddingMinOctets } from '../../src/message/padding.ts';

test('padding is exactly as long as asked, one field, no line over 78 characters, none blank', () => {
  for (let octets = paddingMinOctets; octets < 3000; octets++) {
    const field = paddingField(octets);
    assert.equal(field?.length, octets);
    const lines = field.toString().split('\r\n');
    assert.equal(lines.pop(), '');
    for (const line of lines) {
      assert.ok(line.length <= 78, line);
      assert.match(line, /\.$/);
    }
    assert.equal([...new HeaderBlock(field).entries()].length, 1);
  }
});

test('no padding is needed for nothing, and too little cannot be padded', () => {
  assert.equal(paddingField(0)?.length, 0);
  for (let octets = 1; octets < paddingMinOctets; octets++) {
    assert.equal(paddingField(octets), undefined);
  }
});
