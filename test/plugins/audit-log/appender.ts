// A program that appends to a trail as fast as it can, and says so once lines are there. It is killed
// in the middle of it.
import { Trail } from '../../../plugins/audit-log/trail.ts';
import { plainOptions, record } from './trail-folder.ts';

const [path = '', maxBytes = ''] = process.argv.slice(2);
const rotation = {
  maxBytes: Number(maxBytes),
  every: 'never',
  keep: { kind: 'all' },
  form: 'compressed',
} as const;
const trail = await Trail.open(path, { ...plainOptions, rotation });

for (let round = 0; ; round += 1) {
  const texts = Array.from({ length: 20 }, (_, index) => `${round}.${index} ${'x'.repeat(500)}`);
  await Promise.all(texts.map((text) => trail.append(record(text))));
  if (round === 5) process.stdout.write('writing\n');
}
