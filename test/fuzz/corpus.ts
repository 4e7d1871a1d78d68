// Owns where the seed inputs lie. A file is one input, octet for octet, named for what it shows.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Seed {
  readonly name: string;
  readonly input: Buffer;
}

const corpusFolder = join(import.meta.dirname, 'corpus');

/** In the order of their names, so that a run can be repeated. */
export function readSeeds(targetName: string): readonly Seed[] {
  const folder = join(corpusFolder, targetName);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, input: readFileSync(join(folder, name)) }));
}
