// Owns getting the local authority ready for listeners that have certificates made: its folder, its key, and
// the list of what was revoked, which is read again when it has changed.
import { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { AuthorityConfig } from '../../config/schema.ts';
import type { ServerCertificate } from '../certificate.ts';
import { Authority, readRevoked } from './authority.ts';
import { AuthorityFolder } from './authority-folder.ts';
import { Minter, type MintPolicy } from './minter.ts';
import { isWithin } from './name-constraints.ts';

export class OpenAuthority {
  readonly minter: Minter;
  /** That of the authority itself; what it signs ends with it. */
  readonly certificate: Pick<ServerCertificate, 'names' | 'fingerprint' | 'notAfterMs'>;
  readonly #authority: Authority;
  readonly #folder: AuthorityFolder;
  #revoked: ReadonlySet<string> = new Set();
  #seen = '';

  private constructor(
    authority: Authority,
    fingerprint: string,
    folder: AuthorityFolder,
    { lifetimeMs, crlUrl }: AuthorityConfig,
    { clock, log }: { readonly clock: Clock; readonly log: Logger },
  ) {
    this.#authority = authority;
    this.#folder = folder;
    this.certificate = {
      names: ['local authority'],
      fingerprint,
      notAfterMs: authority.notAfterMs,
    };
    this.minter = new Minter({
      authority,
      clock,
      log,
      lifeMs: lifetimeMs,
      crlUrl,
      record: (issued) => folder.record(issued),
      isRevoked: (serial) => this.#revoked.has(serial),
    });
  }

  /** Throws AUTHORITY_UNUSABLE. */
  static async open(
    config: AuthorityConfig,
    services: { readonly clock: Clock; readonly log: Logger },
  ): Promise<OpenAuthority> {
    const folder = new AuthorityFolder(config.folder);
    try {
      const pem = await folder.read();
      const authority = await Authority.open(pem, config.passphrase);
      const { fingerprint256 } = new X509Certificate(pem.certPem);
      const open = new OpenAuthority(authority, fingerprint256, folder, config, services);
      await open.look();
      return open;
    } catch (cause) {
      const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
      if (isMissing) throw unusable('there is no local authority; postern ca init makes one');
      throw unusable('the local authority cannot be used', cause);
    }
  }

  /** Throws AUTHORITY_UNUSABLE for names that clients would not take from it. */
  check(listener: string, policy: MintPolicy): void {
    const { permitted } = this.#authority;
    if (policy === 'permitted') {
      if (permitted !== undefined) return;
      throw unusable(
        `listener ${listener}: the authority may sign for any name, so mint has to list names`,
      );
    }
    const outside = policy.find((name) => permitted !== undefined && !isWithin(name, permitted));
    if (outside === undefined) return;
    throw unusable(`listener ${listener}: the authority may not sign for ${outside}`);
  }

  /** Takes up what was revoked since. */
  async look(): Promise<void> {
    const { ino, size, mtimeMs } = await stat(this.#folder.revokedFile);
    const state = `${ino} ${size} ${mtimeMs}`;
    if (state === this.#seen) return;
    const entries = await readRevoked(await this.#folder.readRevoked());
    this.#revoked = new Set(entries.map(({ serial }) => serial));
    this.#seen = state;
  }
}

function unusable(publicText: string, cause?: unknown): AppError {
  return new AppError('AUTHORITY_UNUSABLE', { fault: 'config', publicText, cause });
}
