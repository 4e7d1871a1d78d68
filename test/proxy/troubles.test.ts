import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageTrouble, type Trouble } from '../../src/proxy/troubles.ts';
import { createMemoryCache } from '../../src/stores/memory.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

test('a trouble is that of one maildrop, wherever blanks stand in a name and a place', () => {
  const troubles = createMemoryCache<Trouble>({ maxEntries: 10, ttlMs: 1000 }, new FakeClock());
  const troubleOf = (user: string, upstreamHost: string) =>
    new MessageTrouble({ user, upstreamHost, textMode: 'octets' }, { uidl: 'one' }, troubles);
  troubleOf('ann domain', 'isp.example').set('tooLarge');
  assert.equal(troubleOf('ann', 'domain isp.example').get(), undefined);
  assert.equal(troubleOf('ann domain', 'isp.example').get(), 'tooLarge');
});
