// Owns the model that comes with the plugin, see MODEL.md: what it is made of is not decided here.
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { SpamModel } from './learning/model.ts';

export const defaultModelFile: URL = new URL('./default-model.bin.br', import.meta.url);

const decompress = promisify(brotliDecompress);
const maxOctets = 8 * 1024 * 1024;

export async function readDefaultModel(): Promise<SpamModel> {
  const packed = await readFile(defaultModelFile);
  return SpamModel.fromBuffer(await decompress(packed, { maxOutputLength: maxOctets }));
}
