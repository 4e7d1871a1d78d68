// Owns the file of the default model: made of all real mail that it may be made of.
// Run: npm run spam:model
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';
import { defaultModelFile } from '../../../plugins/spam/default-model.ts';
import { collectionMissing, readCollection } from '../collection.ts';
import type { Mail } from '../mail.ts';
import { mayShip } from '../sources.ts';
import { makeDefaultModel } from './make.ts';

/** The octets of the model that is shipped, before they are packed. */
export function shippedModel(mails: readonly Mail[]): Buffer {
  return makeDefaultModel(mails.filter(({ source }) => mayShip(source))).toBuffer();
}

if (import.meta.main) {
  const missing = collectionMissing();
  if (missing !== undefined) throw new Error(missing);
  const { mails } = await readCollection();
  const octets = shippedModel(mails);
  const packed = brotliCompressSync(octets, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: octets.length,
    },
  });
  writeFileSync(defaultModelFile, packed);
  const sha256 = createHash('sha256').update(octets).digest('hex');
  console.log(`${packed.length} octets, unpacked ${octets.length}, sha256 ${sha256}`);
}
