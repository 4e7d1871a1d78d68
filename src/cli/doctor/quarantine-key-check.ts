// Owns whether the originals in quarantine can be opened: their key is there and fit for use. It makes none.
import { access } from 'node:fs/promises';
import type { QuarantineConfig } from '../../config/schema.ts';
import { quarantineExists } from '../../stores/open-quarantine.ts';
import { loadQuarantineKey } from '../../stores/quarantine-key.ts';
import { type Check, fail, ok, reasonOf, skipped } from './check.ts';

export function quarantineKeyCheck({ folder, keyFile }: QuarantineConfig): Check {
  return {
    subject: 'key of the quarantine',
    async *run() {
      const state = await access(keyFile).then(() => 'there', codeOf);
      if (state === 'EACCES') {
        yield skipped(`${keyFile} is not for this user; run this as that of the service`);
      } else if (state !== 'ENOENT') {
        yield await loadQuarantineKey(keyFile, { whenMissing: 'refuse' }).then(
          () => ok(`${keyFile} is a key; without a copy of it no backup can be opened`),
          (error: unknown) => fail(reasonOf(error), 'See docs/quarantine.md.'),
        );
      } else if (await quarantineExists(folder)) {
        yield fail(
          `there is no ${keyFile}, but a quarantine that was made with one`,
          'Bring it back from a backup: nothing else opens what is stored.',
        );
      } else {
        yield ok(`${keyFile} is made at the start`);
      }
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
