import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allFilters } from '../../../bench/spam/filters/all-filters.ts';
import { inventCollection } from '../../../bench/spam/invented/invent.ts';
import { measure } from '../../../bench/spam/measure.ts';
import { allProtocols } from '../../../bench/spam/schedule.ts';
import { needs } from '../../helpers/requirement.ts';

const { mails } = inventCollection();

for (const filter of allFilters) {
  test(`${filter.name} follows every protocol and learns on the way`, async (t) => {
    if (!needs(t, filter.missing())) return;
    for (const protocol of allProtocols) {
      const judged = protocol
        .courses(mails)
        .flatMap(({ steps }) => steps.filter(({ kind }) => kind === 'classify'));
      const { scores, quality, modelBytes } = await measure(filter, protocol, mails);
      assert.deepEqual(
        scores.map(({ at }) => at),
        judged.map(({ at }) => at),
      );
      assert.ok(modelBytes.disk > 0);
      // From an empty model chance would give 50.
      if (['online', 'folds', 'halves'].includes(protocol.name)) {
        assert.ok(quality.rocaPercent < 20, `${protocol.name}: ${quality.rocaPercent}`);
      }
    }
  });
}
