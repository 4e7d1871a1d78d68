// Owns a local certificate authority: its making, and what it signs. It decides about no name: that is the
// policy of whoever asks, and the constraints in its own certificate. The X.509 library is loaded only
// with it.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Secret } from '../../base/secret.ts';
import type { PemPair } from '../self-signed.ts';
import { decodeConstraints, encodeConstraints, nameConstraintsId } from './name-constraints.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
/** Clocks of clients may be behind. */
export const backdateMs = 3_600_000;
const crlNumberId = '2.5.29.20';
/** A client that looks at the list of revoked certificates asks again after this. */
const revokedListDays = 90;

export interface AuthorityRequest {
  /** Shown to people in lists of authorities. */
  readonly name: string;
  /** Names it may sign for, with all names below them; undefined: any name. */
  readonly permitted: readonly string[] | undefined;
  readonly days: number;
  readonly passphrase: Secret | undefined;
}

export interface LeafRequest {
  readonly name: string;
  readonly nowMs: number;
  readonly lifeMs: number;
  /** Of the list of revoked certificates. */
  readonly crlUrl: string | undefined;
}

export interface RevokedEntry {
  readonly serial: string;
  readonly atMs: number;
}

async function library() {
  // The library's container refuses to load without this polyfill.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

type Library = Awaited<ReturnType<typeof library>>;
type SigningKeys = Awaited<ReturnType<typeof newKeys>>;
type SigningKey = SigningKeys['privateKey'];

function newKeys() {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function newSerial(): string {
  // RFC 5280 s.4.1.2.2: positive, and not to be guessed.
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16)).with(0, 1)).toString('hex');
}

/** A new key, in PKCS #8, and a certificate for it. */
export async function createAuthority(request: AuthorityRequest, nowMs: number): Promise<PemPair> {
  const x509 = await library();
  const keys = await newKeys();
  const { permitted } = request;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ CN: [request.name] }],
    notBefore: new Date(nowMs - backdateMs),
    notAfter: new Date(nowMs + request.days * dayMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ...(permitted === undefined
        ? []
        : [new x509.Extension(nameConstraintsId, true, encodeConstraints(permitted))]),
    ],
  });
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: toPem(key, request.passphrase) };
}

function toPem(key: KeyObject, passphrase: Secret | undefined): string {
  const lock =
    passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: passphrase.reveal() };
  return key.export({ type: 'pkcs8', format: 'pem', ...lock }).toString();
}

export class Authority {
  readonly #x509: Library;
  readonly #key: SigningKey;
  readonly #certificate: InstanceType<Library['X509Certificate']>;
  /** One key for all certificates that this process signs: making one costs more than signing. */
  readonly #leafKeys: SigningKeys;
  readonly #leafKeyPem: string;
  /** Undefined: any name. */
  readonly permitted: readonly string[] | undefined;
  readonly notAfterMs: number;

  private constructor(
    x509: Library,
    key: SigningKey,
    certPem: string,
    leaf: { readonly keys: SigningKeys; readonly keyPem: string },
  ) {
    this.#x509 = x509;
    this.#key = key;
    this.#certificate = new x509.X509Certificate(certPem);
    this.#leafKeys = leaf.keys;
    this.#leafKeyPem = leaf.keyPem;
    this.permitted = permittedBy(this.#certificate);
    this.notAfterMs = this.#certificate.notAfter.getTime();
  }

  /** Rejects when key and certificate do not fit, or the passphrase is another. */
  static async open({ certPem, keyPem }: PemPair, passphrase: Secret | undefined) {
    const x509 = await library();
    const key = createPrivateKey(
      passphrase === undefined ? keyPem : { key: keyPem, passphrase: passphrase.reveal() },
    );
    if (!new X509Certificate(certPem).checkPrivateKey(key)) {
      throw new Error('the key of the authority is that of another certificate');
    }
    const der = key.export({ type: 'pkcs8', format: 'der' });
    const signing = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
    const keys = await newKeys();
    const leafKey = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
    const leaf = { keys, keyPem: x509.PemConverter.encode(leafKey, 'PRIVATE KEY') };
    return new Authority(x509, signing, certPem, leaf);
  }

  /** A certificate for one name. */
  async sign(request: LeafRequest): Promise<PemPair & { readonly serial: string }> {
    const x509 = this.#x509;
    const serial = newSerial();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial,
      // Some old clients look for it, where it has room for the name (RFC 5280 A.1).
      subject: [{ CN: [request.name.length <= 64 ? request.name : 'Postern'] }],
      issuer: this.#certificate.subjectName,
      notBefore: new Date(request.nowMs - backdateMs),
      notAfter: new Date(Math.min(request.nowMs + request.lifeMs, this.notAfterMs)),
      publicKey: this.#leafKeys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: request.name }]),
        await x509.SubjectKeyIdentifierExtension.create(this.#leafKeys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
        ...(request.crlUrl === undefined
          ? []
          : [new x509.CRLDistributionPointsExtension([request.crlUrl])]),
      ],
    });
    return { certPem: certificate.toString('pem'), keyPem: this.#leafKeyPem, serial };
  }

  /** A list of revoked certificates, in PEM. */
  async signRevoked(entries: readonly RevokedEntry[], nowMs: number): Promise<string> {
    const x509 = this.#x509;
    // RFC 5280 s.5.2.3: grows with each list; seconds do. DER wants no octet more than is needed.
    const seconds = Math.floor(nowMs / 1000).toString(16);
    const number = Buffer.from(/^[0-7]/.test(seconds) ? seconds : `00${seconds}`, 'hex');
    const list = await x509.X509CrlGenerator.create({
      issuer: this.#certificate.subjectName,
      thisUpdate: new Date(nowMs),
      nextUpdate: new Date(nowMs + revokedListDays * dayMs),
      signingAlgorithm: algorithm,
      signingKey: this.#key,
      entries: entries.map(({ serial, atMs }) => ({
        serialNumber: serial,
        revocationDate: new Date(atMs),
      })),
      extensions: [
        await x509.AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
        new x509.Extension(
          crlNumberId,
          false,
          Buffer.concat([Buffer.of(2, number.length), number]),
        ),
      ],
    });
    // RFC 7468 s.7; the library would write CRL alone.
    return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`;
  }
}

function permittedBy(certificate: InstanceType<Library['X509Certificate']>) {
  const extension = certificate.getExtension(nameConstraintsId);
  if (extension === null) return undefined;
  const permitted = decodeConstraints(Buffer.from(extension.value));
  if (permitted === undefined)
    throw new Error('the constraints of the authority are not understood');
  return permitted;
}

/** What a list says. */
export async function readRevoked(pem: string): Promise<readonly RevokedEntry[]> {
  const { X509Crl, PemConverter } = await library();
  return new X509Crl(PemConverter.decodeFirst(pem)).entries.map(
    ({ serialNumber, revocationDate }) => ({
      serial: serialNumber,
      atMs: revocationDate.getTime(),
    }),
  );
}
