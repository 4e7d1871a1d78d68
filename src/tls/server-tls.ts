// Owns the TLS of one listener: for each client the context with the certificates of the name it asks for.
import { createHash, hkdfSync } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { ListenerConfig } from '../config/schema.ts';
import { keyOptions, type ServerCertificate } from './certificate.ts';
import { CertificateChoice } from './certificate-choice.ts';
import { profileOptions } from './tls-profile.ts';

/** What a handshake with a client needs to know. */
export interface ContextSource {
  /** `serverName` as in toServerName. */
  contextFor(serverName: string | undefined): SecureContext | Promise<SecureContext>;
}

/** How long a client can resume a session. OpenSSL's two hours are short for clients that poll seldom. */
export const ticketsLastSeconds = 86_400;

/** What session tickets are sealed with: 48 octets, never written down anywhere. */
export type TicketKeys = Buffer;

export const ticketKeyOctets = 48;

export type ServerTlsSettings = Pick<ListenerConfig, 'tlsProfile' | 'minTlsVersion'>;

export class ServerTls implements ContextSource {
  readonly #settings: ServerTlsSettings;
  #choice: CertificateChoice<ServerCertificate>;
  #ticketKeys: TicketKeys | undefined;
  /** Of each set of certificates that some client was shown. */
  readonly #contexts = new Map<string, SecureContext>();

  constructor(
    settings: ServerTlsSettings,
    certificates: readonly [ServerCertificate, ...ServerCertificate[]],
    ticketKeys: TicketKeys | undefined,
  ) {
    this.#settings = settings;
    this.#choice = new CertificateChoice(certificates);
    this.#ticketKeys = ticketKeys;
    // What cannot be used is an error now and not when the first client comes.
    this.#contextOf(this.#choice.fallback);
  }

  contextFor(serverName: string | undefined): SecureContext {
    const found = serverName === undefined ? undefined : this.#choice.find(serverName);
    return this.#contextOf(found ?? this.#choice.fallback);
  }

  /** For handshakes to come. */
  useTicketKeys(keys: TicketKeys): void {
    this.#ticketKeys = keys;
    this.#contexts.clear();
  }

  #contextOf(certificates: readonly ServerCertificate[]): SecureContext {
    const key = certificates.map(({ fingerprint }) => fingerprint).join();
    let context = this.#contexts.get(key);
    if (context === undefined) {
      context = makeContext(certificates, this.#settings, this.#ticketKeys);
      this.#contexts.set(key, context);
    }
    return context;
  }
}

function makeContext(
  certificates: readonly ServerCertificate[],
  settings: ServerTlsSettings,
  ticketKeys: TicketKeys | undefined,
): SecureContext {
  return createSecureContext({
    // With several kinds of key the order is ours, so that ECDSA comes before RSA.
    ...profileOptions(settings, certificates.length > 1 ? 'own' : 'of client'),
    cert: certificates.map(({ pem }) => pem.certPem),
    ...keyOptions(certificates),
    sessionTimeout: ticketsLastSeconds,
    // Without keys OpenSSL makes its own, which only this context knows.
    ...(ticketKeys === undefined ? {} : { ticketKeys: keysForNames(ticketKeys, certificates) }),
  });
}

/**
 * RFC 6066 s.3: a session is not resumed under another name. With keys of their own, the tickets of one set
 * of names mean nothing to another.
 */
function keysForNames(keys: TicketKeys, certificates: readonly ServerCertificate[]): Buffer {
  const names = certificates.flatMap((each) => each.names).sort();
  const about = createHash('sha256')
    .update([...new Set(names)].join(' '))
    .digest();
  return Buffer.from(hkdfSync('sha256', keys, 'postern tickets', about, ticketKeyOctets));
}
