// Owns what every model begins with: the model that comes with the plugin, one from a file, or nothing.
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { SpamModel } from './learning/model.ts';

/** A model of full size takes less; a file that is larger is none. */
const maxFileOctets = 8 * 1024 * 1024;
const shipped = new URL('./default-model.bin', import.meta.url);

export async function loadBaseModel({
  file,
  isDefaultUsed,
}: {
  readonly file: string | undefined;
  readonly isDefaultUsed: boolean;
}): Promise<SpamModel> {
  if (file !== undefined) return readModelFile(file);
  if (!isDefaultUsed || !existsSync(shipped)) return SpamModel.empty();
  return readModelFile(shipped);
}

async function readModelFile(file: string | URL): Promise<SpamModel> {
  const { size } = await stat(file);
  if (size > maxFileOctets) throw new Error(`${file} is too large for a model`);
  return SpamModel.fromBuffer(await readFile(file));
}
