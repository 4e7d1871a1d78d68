// Owns the key of lessons: links are signed and kept messages are sealed with keys that are derived from it.
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../base/errors.ts';
import { readKeyFile } from './key-file.ts';

/** Made at the first use. Throws TRAINING_KEY_UNUSABLE. */
export async function loadTrainingKey(stateFolder: string): Promise<KeyObject> {
  const file = join(stateFolder, 'training.key');
  try {
    return await readKeyFile(file, { whenMissing: 'create' });
  } catch (cause) {
    throw new AppError('TRAINING_KEY_UNUSABLE', {
      fault: 'config',
      publicText: 'the key of the links for lessons cannot be used',
      details: { file },
      cause,
    });
  }
}
