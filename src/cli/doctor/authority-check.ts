// Owns the check of the local authority, for listeners that have certificates made: it can be opened, may
// sign what they want, and holds for a while. Nothing is signed.
import { X509Certificate } from 'node:crypto';
import { access, constants, readFile } from 'node:fs/promises';
import { systemClock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { silentLogger } from '../../base/log.ts';
import type { Config } from '../../config/schema.ts';
import { AuthorityFolder } from '../../tls/authority/authority-folder.ts';
import { OpenAuthority } from '../../tls/authority/open-authority.ts';
import { factsOf } from '../../tls/certificate-facts.ts';
import { validity } from './certificate-words.ts';
import { type Check, fail, ok, reasonOf, skipped } from './check.ts';

export function authorityChecks({ listeners, authority }: Config, nowMs: () => number): Check[] {
  const minting = listeners.filter(({ mint }) => mint !== undefined);
  if (minting.length === 0) return [];
  return [
    {
      subject: 'local authority',
      async *run() {
        const folder = new AuthorityFolder(authority.folder);
        const refusal = await access(folder.keyFile, constants.R_OK).then(() => undefined, codeOf);
        if (refusal === 'EACCES') {
          yield skipped(`${folder.keyFile} is not for this user; run this as that of the service`);
          return;
        }
        try {
          const open = await OpenAuthority.open(authority, {
            clock: systemClock,
            log: silentLogger,
          });
          const facts = factsOf(new X509Certificate(await readFile(folder.certificateFile)));
          yield ok(`${facts.issuer} signs for ${minting.map(({ name }) => name).join(', ')}`);
          yield validity(facts, nowMs(), 'Make another one, and have all clients trust it before.');
          for (const { name, mint } of minting) if (mint !== undefined) open.check(name, mint);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          yield fail(reasonOf(error), `See docs/errors.md, ${error.code}.`);
        }
      },
    },
  ];
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
