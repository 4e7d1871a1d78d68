// A program that stores the same messages as its siblings and says how many of them were new to it:
// quarantine-writer.ts FOLDER KEY-FILE COUNT
import { systemClock } from '../../src/base/clock.ts';
import { openQuarantine } from '../../src/stores/open-quarantine.ts';
import { inChunks, recordOf } from './quarantine-fixture.ts';

const [folder = '', keyFile = '', count = '0'] = process.argv.slice(2);
const { quarantine } = await openQuarantine(
  { folder, keyFile, maxAgeMs: 86_400_000, maxBytes: 1_000_000_000 },
  { clock: systemClock },
);
let stored = 0;
for (let number = 0; number < Number(count); number++) {
  const content = Buffer.from(`Subject: ${number}\r\n\r\n${'x'.repeat(number * 1000)}\r\n`);
  const { isNew } = await quarantine.put(recordOf(content), inChunks(content, 4096));
  if (isNew) stored += 1;
}
quarantine.close();
console.log(stored);
