// Owns what a configuration points at: paths become absolute, secrets are fetched, and PEM files are
// read once to see that they can be used. Every failure is a finding; nothing is thrown.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Secret } from '../base/secret.ts';
import type { Finding } from './findings.ts';
import type { ConfigPath } from './problem.ts';
import type {
  CertificateConfig,
  Config,
  DirectoryConfig,
  ListenerConfig,
  ParsedConfig,
  RouteConfig,
} from './schema.ts';
import type { SecretSource } from './values.ts';

export interface Surroundings {
  /** Folder of the configuration file. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Resolved {
  readonly config: Config;
  readonly findings: readonly Finding[];
}

export async function resolveReferences(
  parsed: ParsedConfig,
  surroundings: Surroundings,
): Promise<Resolved> {
  const resolver = new Resolver(surroundings);
  const config: Config = {
    ...parsed,
    listeners: await Promise.all(
      parsed.listeners.map(async (listener, index): Promise<ListenerConfig> => {
        const { certificate, certificates, ...rest } = listener;
        return {
          ...rest,
          certificates: await resolver.certificates(listener, ['listeners', index]),
        };
      }),
    ),
    routes: await Promise.all(
      parsed.routes.map(async (route, index): Promise<RouteConfig> => {
        const { certificate, ...upstream } = route.upstream;
        const at = ['routes', index, 'upstream'];
        return {
          ...route,
          directory: await resolver.directory(route.directory, index),
          upstream: {
            ...upstream,
            caFile: await resolver.authorities(upstream.caFile, [...at, 'ca']),
            certificate:
              certificate && (await resolver.certificate(certificate, [...at, 'certificate'])),
          },
        };
      }),
    ),
    quarantine: {
      ...parsed.quarantine,
      folder: resolver.path(parsed.quarantine.folder),
      keyFile: resolver.path(
        parsed.quarantine.keyFile ?? join(parsed.state.folder, 'quarantine.key'),
      ),
    },
    state: { folder: resolver.path(parsed.state.folder) },
    authority: {
      ...parsed.authority,
      folder: resolver.path(parsed.authority.folder ?? join(parsed.state.folder, 'authority')),
      passphrase: await resolver.secret(parsed.authority.passphrase, ['authority', 'passphrase']),
    },
    sessionTickets: { secret: await resolver.ticketSecret(parsed.sessionTickets.secret) },
    notice: {
      ...parsed.notice,
      templates:
        parsed.notice.templates === undefined ? undefined : resolver.path(parsed.notice.templates),
    },
    spool: {
      folder: parsed.spool.folder === undefined ? undefined : resolver.path(parsed.spool.folder),
    },
  };
  return { config, findings: resolver.findings };
}

type ParsedListener = ParsedConfig['listeners'][number];
type ParsedCertificate = ParsedListener['certificates'][number];

class Resolver {
  readonly findings: Finding[] = [];
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  path(path: string): string {
    return resolve(this.#surroundings.folder, path);
  }

  certificates(
    { certificate, certificates }: Pick<ParsedListener, 'certificate' | 'certificates'>,
    at: ConfigPath,
  ): Promise<CertificateConfig[]> {
    const main =
      certificate === undefined ? [] : [this.certificate(certificate, [...at, 'certificate'])];
    const others = certificates.map((each, index) =>
      this.certificate(each, [...at, 'certificates', index]),
    );
    return Promise.all([...main, ...others]);
  }

  async certificate(parsed: ParsedCertificate, at: ConfigPath): Promise<CertificateConfig> {
    const certFile = this.path(parsed.certFile);
    const keyFile = this.path(parsed.keyFile);
    const [cert, key, passphrase] = await Promise.all([
      this.#read(certFile, [...at, 'cert']),
      this.#read(keyFile, [...at, 'key']),
      parsed.passphrase && this.#secret(parsed.passphrase, [...at, 'passphrase']),
    ]);
    const hasPassphrase = parsed.passphrase === undefined || passphrase !== undefined;
    const leaf = cert && this.#parseCertificate(cert, [...at, 'cert']);
    const privateKey = key && hasPassphrase && this.#parseKey(key, passphrase, [...at, 'key']);
    if (leaf && privateKey && !leaf.checkPrivateKey(privateKey)) {
      this.#report(
        [...at, 'key'],
        'expected the private key of the certificate, but it is of another',
      );
    }
    return { certFile, keyFile, passphrase };
  }

  async directory(
    parsed: ParsedConfig['routes'][number]['directory'],
    route: number,
  ): Promise<DirectoryConfig | undefined> {
    if (parsed === undefined) return undefined;
    const { header, ...rest } = parsed;
    if (header === undefined) return { ...rest, header };
    const at = ['routes', route, 'upstream', 'auth_http', 'header', 'value'];
    const value = await this.#secret(header.value, at);
    if (value === undefined) return { ...rest, header: undefined };
    // RFC 9110 s.5.5.
    if (!/^[\t -~\x80-\xff]*$/.test(value.reveal().toString('latin1'))) {
      this.#report(at, 'expected a value without control characters');
    }
    return { ...rest, header: { name: header.name, value } };
  }

  async ticketSecret(source: SecretSource | undefined): Promise<Secret | undefined> {
    if (source === undefined) return undefined;
    const at = ['session_tickets', 'secret'];
    const secret = await this.#secret(source, at);
    if (secret !== undefined && secret.reveal().length < ticketSecretMinOctets) {
      const message = `expected at least ${ticketSecretMinOctets} octets, such as the output of: openssl rand -base64 48`;
      this.#report(at, message);
    }
    return secret;
  }

  async authorities(caFile: string | undefined, at: ConfigPath): Promise<string | undefined> {
    if (caFile === undefined) return undefined;
    const path = this.path(caFile);
    const pem = await this.#read(path, at);
    if (pem !== undefined) {
      const blocks = pem.toString('latin1').match(certificateBlock) ?? [''];
      // One message is enough: every block that cannot be read says the same.
      blocks.every((block) => this.#parseCertificate(Buffer.from(block, 'latin1'), at));
    }
    return path;
  }

  async secret(source: SecretSource | undefined, at: ConfigPath): Promise<Secret | undefined> {
    return source && this.#secret(source, at);
  }

  async #secret(source: SecretSource, at: ConfigPath): Promise<Secret | undefined> {
    switch (source.kind) {
      case 'text':
        return Secret.fromText(source.text);
      case 'env': {
        const text = this.#surroundings.env[source.name];
        if (text !== undefined && text !== '') return Secret.fromText(text);
        this.#report([...at, 'env'], `environment variable ${source.name} is not set`);
        return undefined;
      }
      case 'file': {
        const bytes = await this.#read(this.path(source.path), [...at, 'file']);
        return bytes && new Secret(withoutFinalNewline(bytes));
      }
    }
  }

  async #read(path: string, at: ConfigPath): Promise<Buffer | undefined> {
    try {
      return await readFile(path);
    } catch (error) {
      this.#report(at, `${readFailure(error)}: ${path}`);
      return undefined;
    }
  }

  #parseCertificate(pem: Buffer, at: ConfigPath): X509Certificate | undefined {
    try {
      return new X509Certificate(pem);
    } catch {
      this.#report(at, 'expected a file with a certificate in PEM form');
      return undefined;
    }
  }

  #parseKey(pem: Buffer, passphrase: Secret | undefined, at: ConfigPath): KeyObject | undefined {
    try {
      return createPrivateKey(passphrase ? { key: pem, passphrase: passphrase.reveal() } : pem);
    } catch {
      this.#report(at, keyFailure(pem, passphrase));
      return undefined;
    }
  }

  #report(path: ConfigPath, message: string): void {
    this.findings.push({ path, about: 'value', message });
  }
}

/** Whoever has it can read what clients and this proxy say to each other. */
const ticketSecretMinOctets = 32;

const certificateBlock = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/** Why a file cannot be read, in plain words. */
export function readFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such file';
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read this file';
    case 'EISDIR':
      return 'expected a file, but this is a folder';
    default:
      return `cannot be read (${code ?? String(error)})`;
  }
}

function keyFailure(pem: Buffer, passphrase: Secret | undefined): string {
  const expected = 'expected a file with a private key in PEM form';
  if (passphrase !== undefined) return `${expected} that this passphrase opens`;
  // PKCS #8 says so in its first line, older forms in a header below it (RFC 1421 s.4.6.1.1).
  return pem.includes('ENCRYPTED') ? 'this key needs a passphrase' : expected;
}

/** Editors and `echo` end a file with a newline that is not part of the secret. */
function withoutFinalNewline(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== 0x0a) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
}
