// Owns a database for clamd of invented signatures, so that a scan costs something: with a single signature
// clamd has nothing to do. The real database, which needs the network, makes scans slower still.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '../../test/helpers/process.ts';

const signatureOctets = 24;

export async function clamdDatabase(signatures: number): Promise<TemporaryFolder> {
  const folder = await temporaryFolder('bench-signatures');
  let state = 0x2545f491;
  const octet = (): string => {
    // Linear congruential, the constants of Numerical Recipes: the same database in every run.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 24).toString(16).padStart(2, '0');
  };
  const lines = Array.from({ length: signatures }, (_, index) => {
    const pattern = Array.from({ length: signatureOctets }, octet).join('');
    // Name, any type of file, any offset, octets in hexadecimal.
    return `Bench.Invented-${index}:0:*:${pattern}\n`;
  });
  await writeFile(join(folder.path, 'invented.ndb'), lines.join(''));
  return folder;
}
