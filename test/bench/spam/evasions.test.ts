import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureEvasions } from '../../../bench/spam/evasion-table.ts';
import { allEvasions } from '../../../bench/spam/evasions/all-evasions.ts';
import type { Means } from '../../../bench/spam/evasions/evasion.ts';
import { readLetter } from '../../../bench/spam/evasions/letter.ts';
import { inventCollection } from '../../../bench/spam/invented/invent.ts';
import { seededRandom } from '../../../bench/spam/random.ts';
import { splitFields } from '../../../src/message/header-fields.ts';
import { seenBy } from '../../helpers/visible-text.ts';

const { mails } = inventCollection();
const spam = mails.filter(({ label }) => label === 'spam');
const hamWords = ['meeting', 'garden', 'tent', 'parcel'];

function means(): Means {
  return { hamWords, random: seededRandom(1) };
}

for (const { name, disguise } of allEvasions) {
  test(`${name}: a reader sees the same, and the octets differ`, async () => {
    for (const { octets } of spam) {
      const disguised = disguise(await readLetter(octets), means());
      const [before, after] = [await seenBy(octets), await seenBy(disguised)];
      assert.equal(after.subject, before.subject);
      if (name === 'image-only') assert.deepEqual([after.text, after.pictures], ['', 1]);
      // Nobody scrolls that far: what is seen begins with what it was.
      else if (name === 'good-words') assert.ok(after.text.startsWith(before.text));
      else assert.equal(after.text, before.text);
      assert.notDeepEqual(disguised, octets);
    }
  });

  test(`${name}: the message is valid, and every other field of it stays`, async () => {
    for (const { octets } of spam) {
      const disguised = disguise(await readLetter(octets), means());
      const text = disguised.toString('latin1');
      assert.match(text, /^[\n\x20-\x7e\t]*$/);
      for (const line of text.split('\n')) assert.ok(line.length <= 998, line);
      const { fields } = splitFields(disguised);
      assert.ok(fields.every((field) => field.name !== undefined));
      for (const once of ['mime-version', 'content-type', 'subject', 'from', 'message-id']) {
        assert.equal(fields.filter(({ key }) => key === once).length, 1, once);
      }
      for (const field of splitFields(octets).fields) {
        if (/^(?:content-|mime-version$|subject$)/.test(field.key)) continue;
        const source = field.text.slice(field.start, field.end);
        assert.ok(text.includes(source), source);
      }
    }
  });

  test(`${name}: the same letter by the same means gives the same octets`, async () => {
    const [first] = spam;
    const letter = await readLetter(first?.octets ?? Buffer.alloc(0));
    assert.deepEqual(disguise(letter, means()), disguise(letter, means()));
  });
}

test('the table tells for each filter how much of the disguised spam it catches', async () => {
  const { evasions, spam: count } = await measureEvasions(
    [
      {
        name: 'credulous',
        setup: 'takes a message of more than 2,000 octets for ham',
        threshold: 0,
        missing: () => undefined,
        version: async () => '1',
        follow: async (all, { steps }) => ({
          scores: steps
            .filter(({ kind }) => kind === 'classify')
            .map(({ at }) => {
              const mail = all[at];
              const isCaught = mail?.label === 'spam' && mail.octets.length <= 2000;
              return { at, score: isCaught ? 1 : -1 };
            }),
          cpuMs: {},
          modelBytes: { disk: 0 },
        }),
      },
    ],
    mails,
  );
  assert.ok(count > 0);
  const caught = new Map(
    evasions.map(({ evasion, caughtPercent }) => [evasion, caughtPercent['credulous']]),
  );
  assert.equal(caught.get('none'), 100);
  assert.equal(caught.get('good-words'), 0);
  assert.equal(caught.get('preamble'), 0);
  assert.deepEqual(
    [...caught.keys()].slice(1),
    allEvasions.map(({ name }) => name),
  );
});
