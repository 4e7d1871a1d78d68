// Owns which key originals are sealed with.
import { hkdfSync, type KeyObject } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import { readKeyFile } from './key-file.ts';

/** See key-file.ts for the file. Throws QUARANTINE_KEY_UNUSABLE. */
export async function loadQuarantineKey(
  file: string,
  options: { readonly whenMissing: 'create' | 'refuse' },
): Promise<KeyObject> {
  try {
    return await readKeyFile(file, options);
  } catch (cause) {
    throw new AppError('QUARANTINE_KEY_UNUSABLE', {
      fault: 'config',
      publicText: 'the key of the quarantine cannot be used',
      details: { file },
      cause,
    });
  }
}

/** Tells keys apart without giving one away. */
export function keyCheckOf(key: KeyObject): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'postern quarantine key check', 16));
}
