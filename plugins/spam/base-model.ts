// Owns what every model begins with: the model that comes with the plugin, one from a file, or nothing.
import { readFile, stat } from 'node:fs/promises';
import { readDefaultModel } from './default-model.ts';
import { SpamModel } from './learning/model.ts';

/** A model of full size takes less; a file that is larger is none. */
const maxFileOctets = 8 * 1024 * 1024;

export interface BaseModelChoice {
  /** Path of a file in place of the one that comes with the plugin. */
  readonly file: string | undefined;
  readonly fallback: 'default' | 'empty';
}

/** Rejects for a file that is no model. */
export async function loadBaseModel({ file, fallback }: BaseModelChoice): Promise<SpamModel> {
  if (file === undefined) return fallback === 'default' ? readDefaultModel() : SpamModel.empty();
  const { size } = await stat(file);
  if (size > maxFileOctets) throw new Error(`${file} is too large for a model`);
  return SpamModel.fromBuffer(await readFile(file));
}
