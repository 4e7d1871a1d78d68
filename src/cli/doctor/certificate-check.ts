// Owns the check of the certificate that a listener shows: names, dates, chain, and who may read its key.
import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { getCACertificates } from 'node:tls';
import { isCovered } from '../../base/dns-name.ts';
import type { CertificateConfig, ListenerConfig } from '../../config/schema.ts';
import type { Diagnosis } from '../../plugin-api/diagnosis.ts';
import { factsOf } from '../../tls/certificate-facts.ts';
import { namesOf, validity } from './certificate-words.ts';
import { type Check, fail, ok, warn } from './check.ts';

const renewal = 'Renew it; a running Postern takes it up by itself within a minute.';

export function certificateCheck(listener: ListenerConfig, nowMs: () => number): Check {
  return {
    subject: `certificate of ${listener.name}`,
    async *run() {
      const { certificates, announce, mint } = listener;
      if (certificates.length === 0 && mint !== undefined) {
        yield ok('made by the local authority for the name that a client asks for');
      } else if (certificates.length === 0) {
        yield warn(
          'self-signed, made at the start: mail programs refuse it',
          'Name a certificate and its key in the configuration.',
        );
        return;
      }
      for (const certificate of certificates) yield* diagnose(certificate, nowMs());
      if (announce.host !== undefined) yield await announced(listener, announce.host);
    },
  };
}

async function* diagnose(
  { certFile, keyFile }: CertificateConfig,
  nowMs: number,
): AsyncGenerator<Diagnosis, void, void> {
  const [leaf, ...others] = readAll(await readFile(certFile, 'latin1'));
  if (leaf === undefined) {
    yield fail(`there is no certificate in ${certFile}`, 'It has to be in PEM form.');
    return;
  }
  const facts = factsOf(leaf);
  yield facts.names.length === 0
    ? fail('the certificate has no names (subjectAltName)', 'Have one made that has.')
    : ok(`for ${namesOf(facts)}`);
  yield validity(facts, nowMs, renewal);
  yield chain([leaf, ...others]);
  if (((await stat(keyFile)).mode & 0o004) !== 0) {
    yield warn(`every user of this machine may read ${keyFile}`, `chmod o-r ${keyFile}`);
  }
}

const block = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

function readAll(pem: string): X509Certificate[] {
  return (pem.match(block) ?? []).map((each) => new X509Certificate(each));
}

/** Of several certificates, one is enough. */
async function announced({ certificates, mint }: ListenerConfig, host: string): Promise<Diagnosis> {
  // Whether the authority may sign for it is told with the authority.
  if (mint === 'permitted' || mint?.some((pattern) => isCovered(host.toLowerCase(), pattern))) {
    return ok(`mail programs are told ${host}, which a certificate is made for`);
  }
  for (const { certFile } of certificates) {
    const [leaf] = readAll(await readFile(certFile, 'latin1'));
    const match = isIP(host) === 0 ? leaf?.checkHost(host) : leaf?.checkIP(host);
    if (match !== undefined) return ok(`mail programs are told ${host}, which it is for`);
  }
  return fail(
    `mail programs are told ${host}, which no certificate is for`,
    'Set announce.host to a name in a certificate, or have one made with that name.',
  );
}

/** Whether a mail program that trusts what this machine trusts could build the chain. */
function chain([leaf, ...others]: readonly [X509Certificate, ...X509Certificate[]]): Diagnosis {
  let last = leaf;
  // Each certificate is used once, so that none can lead in a circle.
  const left = new Set(others);
  for (;;) {
    const issuer = findIssuer(last, left);
    if (issuer === undefined) break;
    left.delete(issuer);
    last = issuer;
  }
  const { issuer, isSelfIssued } = factsOf(last);
  const roots = getCACertificates('default').map((pem) => new X509Certificate(pem));
  if (findIssuer(last, roots) !== undefined) {
    return ok(`the chain leads to ${issuer}, which this machine trusts`);
  }
  if (isSelfIssued) {
    const found =
      last === leaf
        ? 'the certificate is signed by itself'
        : `the chain leads to ${issuer}, a private authority`;
    return warn(found, 'Mail programs have to be told to trust it.');
  }
  return warn(
    `the chain ends at ${issuer}, which is neither in the file nor trusted by this machine`,
    'Put the intermediate certificates behind the certificate, as in fullchain.pem; a private authority has to be given to the mail programs.',
  );
}

function findIssuer(
  certificate: X509Certificate,
  among: Iterable<X509Certificate>,
): X509Certificate | undefined {
  for (const issuer of among) if (isIssuedBy(certificate, issuer)) return issuer;
  return undefined;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return (
    certificate.issuer === issuer.subject &&
    certificate.checkIssued(issuer) &&
    certificate.verify(issuer.publicKey)
  );
}
