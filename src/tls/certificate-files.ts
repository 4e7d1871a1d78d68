// Owns the certificates of one listener as they lie in files: read at the start, and again when a file has
// changed, as it does when a certificate is renewed.
import { stat } from 'node:fs/promises';
import { explain } from '../base/errors.ts';
import type { CertificateConfig } from '../config/schema.ts';
import { readServerCertificate, type ServerCertificate } from './certificate.ts';

/** What a look at the files has found. */
export interface CertificateNews {
  readonly taken: readonly ServerCertificate[];
  /** Files that cannot be used; each change of a file is told once. */
  readonly refused: readonly { readonly certFile: string; readonly reason: string }[];
}

interface WatchedCertificate {
  readonly config: CertificateConfig;
  certificate: ServerCertificate;
  /** As they were when they were looked at last. */
  seen: string;
}

export type Certificates = readonly [ServerCertificate, ...ServerCertificate[]];

export class CertificateFiles {
  readonly #main: WatchedCertificate;
  readonly #others: readonly WatchedCertificate[];

  private constructor(main: WatchedCertificate, others: readonly WatchedCertificate[]) {
    this.#main = main;
    this.#others = others;
  }

  /** Rejects when any of them cannot be used; undefined when there is none. */
  static async load(configs: readonly CertificateConfig[]): Promise<CertificateFiles | undefined> {
    const [main, ...others] = await Promise.all(configs.map(watch));
    return main === undefined ? undefined : new CertificateFiles(main, others);
  }

  get certificates(): Certificates {
    return [this.#main.certificate, ...this.#others.map(({ certificate }) => certificate)];
  }

  /** Reads what has changed. What cannot be used leaves the certificate of before in its place. */
  async look(): Promise<CertificateNews> {
    const taken: ServerCertificate[] = [];
    const refused: { certFile: string; reason: string }[] = [];
    for (const watched of [this.#main, ...this.#others]) {
      const { config, seen } = watched;
      try {
        watched.seen = await stateOf(config);
        if (watched.seen === seen) continue;
        watched.certificate = await readServerCertificate(config);
        taken.push(watched.certificate);
      } catch (error) {
        const reason = explain(error);
        // A file that is gone has no state; it is told of once as well.
        if (watched.seen === seen) watched.seen = reason;
        if (watched.seen !== seen) refused.push({ certFile: config.certFile, reason });
      }
    }
    return { taken, refused };
  }
}

async function watch(config: CertificateConfig): Promise<WatchedCertificate> {
  // Before reading: what changes meanwhile is read again.
  const seen = await stateOf(config);
  return { config, seen, certificate: await readServerCertificate(config) };
}

async function stateOf({ certFile, keyFile }: CertificateConfig): Promise<string> {
  const stats = await Promise.all([stat(certFile), stat(keyFile)]);
  return stats.map(({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`).join();
}
