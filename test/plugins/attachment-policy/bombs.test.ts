import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { buildZip } from './archives/zip-builder.ts';
import { bombs } from './bombs.ts';
import { examine } from './examine.ts';

const text = Buffer.from('Buy milk.\r\n');

for (const { what, content, name, trait, reason, maxInflatedBytes, limits = {} } of bombs) {
  test(`${what}: ${trait}`, async () => {
    const { files, inflatedBytes } = await examine(content(), { name, limits });
    const found = files.flatMap(({ traits }) => [...traits].filter(([each]) => each === trait));
    assert.ok(found.length > 0, `only ${files.map(({ traits }) => [...traits.keys()])}`);
    assert.match(found[0]?.[1] ?? '', reason);
    assert.ok(inflatedBytes <= maxInflatedBytes, `${inflatedBytes} octets came out`);
  });
}

test('ordinary documents are no bombs: megabytes of text in a few kilobytes', async () => {
  const sheet = Buffer.from('<c r="A1"><v>1</v></c>'.repeat(200_000));
  const { files } = await examine(
    buildZip([
      { name: '[Content_Types].xml', content: text },
      { name: 'xl/worksheets/sheet1.xml', content: sheet },
    ]),
  );
  assert.deepEqual(
    files.flatMap(({ traits }) => [...traits.keys()]),
    [],
  );
});

test('what takes too long is stopped and told as a bomb', async () => {
  const entries = Array.from({ length: 50 }, (_, index) => ({
    name: `${index}.txt`,
    content: text,
  }));
  let looks = 0;
  const clock: Clock = {
    ...systemClock,
    monotonicMs() {
      looks += 1;
      return looks < 20 ? 0 : 60_000;
    },
  };
  const { files } = await examine(buildZip(entries), { name: 'a.zip', clock });
  assert.equal(files.at(-1)?.traits.get('archive-bomb'), 'it takes too long to unpack');
  assert.ok(files.length < entries.length);
});
