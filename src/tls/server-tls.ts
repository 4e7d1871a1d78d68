// Owns the TLS of one listener: for each client the context with the certificates of the name it asks for.
import { createSecureContext, type SecureContext } from 'node:tls';
import type { ListenerConfig } from '../config/schema.ts';
import type { Minter, MintPolicy } from './authority/minter.ts';
import { keyOptions, type ServerCertificate } from './certificate.ts';
import { CertificateChoice } from './certificate-choice.ts';
import type { Certificates } from './certificate-files.ts';
import { keysForNames, type TicketKeys, ticketsLastSeconds } from './ticket-keys.ts';
import { profileOptions } from './tls-profile.ts';

/** What a handshake with a client needs to know. */
export interface ContextSource {
  /** `serverName` as in toServerName. */
  contextFor(serverName: string | undefined): SecureContext | Promise<SecureContext>;
}

/** Certificates that are made when somebody asks for them. */
export interface ListenerMint {
  readonly minter: Pick<Minter, 'find'>;
  readonly policy: MintPolicy;
}

export interface ServerTlsSources {
  readonly ticketKeys: TicketKeys;
  readonly mint?: ListenerMint | undefined;
}

export type ServerTlsSettings = Pick<ListenerConfig, 'tlsProfile' | 'minTlsVersion'>;

export class ServerTls implements ContextSource {
  readonly #settings: ServerTlsSettings;
  #choice: CertificateChoice<ServerCertificate>;
  readonly #mint: ListenerMint | undefined;
  #ticketKeys: TicketKeys;
  /** Of each set of certificates that some client was shown. */
  readonly #contexts = new Map<string, SecureContext>();
  /** Of each certificate that was made; gone with it. */
  #mintedContexts = new WeakMap<ServerCertificate, SecureContext>();

  constructor(
    settings: ServerTlsSettings,
    certificates: Certificates,
    { ticketKeys, mint }: ServerTlsSources,
  ) {
    this.#mint = mint;
    this.#settings = settings;
    this.#choice = new CertificateChoice(certificates);
    this.#ticketKeys = ticketKeys;
    // What cannot be used is an error now and not when the first client comes.
    this.#contextOf(this.#choice.fallback);
  }

  contextFor(serverName: string | undefined): SecureContext | Promise<SecureContext> {
    if (serverName === undefined) return this.#contextOf(this.#choice.fallback);
    const found = this.#choice.find(serverName);
    if (found !== undefined) return this.#contextOf(found);
    const minted = this.#mint?.minter.find(serverName, this.#mint.policy);
    return minted instanceof Promise
      ? minted.then((certificate) => this.#contextOfMinted(certificate))
      : this.#contextOfMinted(minted);
  }

  /** For handshakes to come. */
  useTicketKeys(keys: TicketKeys): void {
    if (this.#ticketKeys.equals(keys)) return;
    this.#ticketKeys = keys;
    this.#contexts.clear();
    this.#mintedContexts = new WeakMap();
  }

  /** For handshakes to come. */
  useCertificates(certificates: Certificates): void {
    this.#choice = new CertificateChoice(certificates);
    this.#contexts.clear();
  }

  #contextOfMinted(certificate: ServerCertificate | undefined): SecureContext {
    if (certificate === undefined) return this.#contextOf(this.#choice.fallback);
    let context = this.#mintedContexts.get(certificate);
    if (context === undefined) {
      context = makeContext([certificate], this.#settings, this.#ticketKeys);
      this.#mintedContexts.set(certificate, context);
    }
    return context;
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
  ticketKeys: TicketKeys,
): SecureContext {
  return createSecureContext({
    // With several kinds of key the order is ours, so that ECDSA comes before RSA.
    ...profileOptions(settings, certificates.length > 1 ? 'own' : 'of client'),
    cert: certificates.map(({ pem }) => pem.certPem),
    ...keyOptions(certificates),
    sessionTimeout: ticketsLastSeconds,
    ticketKeys: keysForNames(
      ticketKeys,
      certificates.flatMap(({ names }) => names),
      settings.tlsProfile,
    ),
  });
}
