import assert from 'node:assert/strict';
import { test } from 'node:test';
import { impliedName } from '../../../../plugins/attachment-policy/names/implied-name.ts';
import { traitsIn } from '../examine.ts';

const types: readonly (readonly [type: string | undefined, name: string | undefined])[] = [
  ['application/hta', 'attachment.hta'],
  ['text/vbscript', 'attachment.vbs'],
  ['text/plain', undefined],
  ['constructor', undefined],
  [undefined, undefined],
];

for (const [type, name] of types) {
  test(`a part of type ${type} without a name is shown as ${name ?? 'harmless'}`, () => {
    assert.equal(impliedName(type), name);
  });
}

test('a part without a name is judged by the one that a mail program makes up', async () => {
  const script = Buffer.from('x = 1');
  const type = 'text/vbscript';
  assert.deepEqual(await traitsIn(script, { type }), ['-: dangerous-name (attachment.vbs)']);
  assert.deepEqual(await traitsIn(script, { type, name: 'a.txt' }), []);
});
