// Owns the certificates of the tests: a private authority and servers with good and bad papers.
// Written out in DER by hand, so that no test of TLS depends on the library that the product uses.
import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';

export interface Certificate {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface TestCertificates {
  /** PEM of the authority; clients trust this one only. */
  readonly caPem: string;
  /** Valid for localhost, 127.0.0.1 and ::1. */
  readonly server: Certificate;
  /** Valid, but for another host. */
  readonly wrongName: Certificate;
  /** The right names, but of yesterday. */
  readonly expired: Certificate;
  /** The right names, signed by nobody that anyone trusts. */
  readonly unknownIssuer: Certificate;
  /** Valid, and for these names. */
  issueFor(names: readonly string[]): Certificate;
  /** A valid one for other names. */
  serverFor(names: readonly string[]): Certificate;
}

const dayMs = 86_400_000;
const localNames = ['localhost', '127.0.0.1', '::1'];

export function makeTestCertificates(): TestCertificates {
  const authority = makeAuthority('Postern test authority');
  const stranger = makeAuthority('Postern test stranger');
  return {
    caPem: authority.certPem,
    server: issue(authority, localNames, 1),
    wrongName: issue(authority, ['pop.wrong-name.example'], 1),
    expired: issue(authority, localNames, -1),
    unknownIssuer: issue(stranger, localNames, 1),
    issueFor: (names) => issue(authority, names, 1),
    serverFor: (names) => issue(authority, names, 1),
  };
}

/** Signed by an authority that nobody keeps; a name `dns:...` is a DNS name whatever it looks like. */
export function certificateFor(
  names: readonly string[],
  { commonName, key = 'ec' }: { readonly commonName?: string; readonly key?: KeyKind } = {},
): Certificate {
  return issue(makeAuthority('Postern test authority'), names, 1, commonName, key);
}

type KeyKind = 'ec' | 'rsa';

function newKeys(kind: KeyKind) {
  return kind === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
}

interface Authority {
  readonly name: string;
  readonly certPem: string;
  readonly key: KeyObject;
  readonly keyId: Buffer;
}

interface Draft {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
  readonly notAfter: Date;
  readonly extensions: readonly Buffer[];
}

function makeAuthority(name: string): Authority {
  const { publicKey, privateKey } = newKeys('ec');
  const keyId = identify(publicKey);
  const certPem = seal({
    subject: name,
    issuer: name,
    publicKey,
    signingKey: privateKey,
    notAfter: new Date(Date.now() + 2 * dayMs),
    extensions: [
      extension('2.5.29.19', 'critical', sequence(der(0x01, Buffer.from([0xff])))), // basicConstraints: CA
      extension('2.5.29.15', 'critical', bitString(Buffer.from([0x06]), 1)), // keyUsage: certificates and CRLs
      extension('2.5.29.14', 'optional', der(0x04, keyId)),
    ],
  });
  return { name, certPem, key: privateKey, keyId };
}

function issue(
  authority: Authority,
  names: readonly string[],
  validDays: number,
  subject = names[0] ?? 'nameless',
  kind: KeyKind = 'ec',
): Certificate {
  const { publicKey, privateKey } = newKeys(kind);
  const certPem = seal({
    subject,
    issuer: authority.name,
    publicKey,
    signingKey: authority.key,
    notAfter: new Date(Date.now() + validDays * dayMs),
    extensions: [
      extension('2.5.29.19', 'critical', sequence()),
      extension('2.5.29.15', 'critical', bitString(Buffer.from([0x80]), 7)), // keyUsage: signatures
      extension('2.5.29.37', 'optional', sequence(oid('1.3.6.1.5.5.7.3.1'))), // serverAuth
      ...(names.length === 0 ? [] : [alternativeNames(names)]),
      extension('2.5.29.14', 'optional', der(0x04, identify(publicKey))),
      extension('2.5.29.35', 'optional', sequence(der(0x80, authority.keyId))),
    ],
  });
  return { certPem, keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

// RFC 5280 s.4.1: TBSCertificate, signed with ecdsa-with-SHA256.
function seal(draft: Draft): string {
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const toBeSigned = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    algorithm,
    commonName(draft.issuer),
    sequence(time(new Date(draft.notAfter.getTime() - 400 * dayMs)), time(draft.notAfter)),
    commonName(draft.subject),
    draft.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...draft.extensions)),
  );
  const signature = sign('sha256', toBeSigned, draft.signingKey);
  return new X509Certificate(sequence(toBeSigned, algorithm, bitString(signature, 0))).toString();
}

function identify(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function extension(id: string, weight: 'critical' | 'optional', value: Buffer): Buffer {
  const critical = weight === 'critical' ? [der(0x01, Buffer.from([0xff]))] : [];
  return sequence(oid(id), ...critical, der(0x04, value));
}

function alternativeNames(names: readonly string[]): Buffer {
  return extension('2.5.29.17', 'optional', sequence(...names.map(alternativeName)));
}

function alternativeName(name: string): Buffer {
  if (name.startsWith('dns:')) return der(0x82, Buffer.from(name.slice(4), 'latin1'));
  return isIP(name) === 0 ? der(0x82, Buffer.from(name, 'latin1')) : der(0x87, addressBytes(name));
}

function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  // RFC 4291 s.2.2: `::` stands for as many zeros as are missing.
  const [before = '', after = ''] = address.split('::');
  const [head, tail] = [groups(before), groups(after)];
  return Buffer.concat([head, Buffer.alloc(16 - head.length - tail.length), tail]);
}

function groups(text: string): Buffer {
  if (text === '') return Buffer.alloc(0);
  return Buffer.concat(text.split(':').map((group) => Buffer.from(group.padStart(4, '0'), 'hex')));
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(name, 'utf8')))));
}

function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(digits.slice(2), 'latin1'));
}

function integer(value: Buffer): Buffer {
  const positive = Buffer.from(value);
  // Keeps the number positive and its first octet other than zero, as DER demands.
  positive[0] = ((positive[0] ?? 0) & 0x7f) | (value.length > 1 ? 0x40 : 0);
  return der(0x02, positive);
}

function bitString(bits: Buffer, unusedBits: number): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([unusedBits]), bits]));
}

function sequence(...items: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(items));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    octets.push(...groups);
  }
  return der(0x06, Buffer.from(octets));
}

function der(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length =
    size < 0x80
      ? Buffer.from([size])
      : size < 0x100
        ? Buffer.from([0x81, size])
        : Buffer.from([0x82, size >>> 8, size & 0xff]);
  return Buffer.concat([Buffer.from([tag]), length, content]);
}
