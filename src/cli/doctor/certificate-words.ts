// Owns what is said of a certificate: its names and dates, and what is wrong with it in plain words.
import type { Diagnosis } from '../../plugin-api/diagnosis.ts';
import type { CertificateFacts } from '../../tls/certificate-facts.ts';
import { fail, ok, warn } from './check.ts';
import { day, days, daysBetween, list } from './words.ts';

const shortDays = 14;

/** Dates alone; `advice` is for the one that has to renew it. */
export function validity(
  { validFromMs, validToMs }: CertificateFacts,
  nowMs: number,
  advice: string,
): Diagnosis {
  if (nowMs < validFromMs) {
    const found = `the certificate is not valid before ${day(validFromMs)}`;
    return fail(found, 'Look whether the clock of this machine is right.');
  }
  if (nowMs > validToMs) return fail(`the certificate expired on ${day(validToMs)}`, advice);
  const left = daysBetween(nowMs, validToMs);
  const until = `until ${day(validToMs)}`;
  if (left < shortDays)
    return warn(`the certificate is valid for ${days(left)} more, ${until}`, advice);
  return ok(`the certificate is valid ${until}`);
}

export function namesOf({ names }: CertificateFacts): string {
  return names.length === 0 ? 'no name' : list(names);
}

/** What a code of OpenSSL or Node means, and what to do; `server` is the name that was expected. */
export function chainProblem(
  code: string,
  server: string,
  certificate: CertificateFacts | undefined,
): { readonly found: string; readonly advice: string } {
  const issuer = certificate?.issuer ?? 'somebody';
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return {
        found: `the certificate is for ${certificate === undefined ? 'others' : namesOf(certificate)}, not for ${server}`,
        advice:
          'Set host or server_name to a name in the certificate, if that is the server meant.',
      };
    case 'CERT_HAS_EXPIRED':
      return {
        found: `a certificate of the server has expired${certificate === undefined ? '' : `; its own is valid until ${day(certificate.validToMs)}`}`,
        advice: 'Ask the operator of the server to renew it.',
      };
    case 'CERT_NOT_YET_VALID':
      return {
        found: 'a certificate of the server is not valid yet',
        advice: 'Look whether the clock of this machine is right.',
      };
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return {
        found: 'the certificate is signed by itself, so that anybody could have made it',
        advice: 'If it is the one expected, save it to a file and name that as ca.',
      };
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return {
        found: `the chain ends at a private authority, ${issuer}, which is not trusted here`,
        advice: 'If it is the one expected, save its certificate to a file and name that as ca.',
      };
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return {
        found: `the certificate is signed by ${issuer}, which is not trusted here`,
        advice:
          'Either the server leaves out an intermediate certificate, or the authority is private: name a file with its certificate as ca.',
      };
    case 'CERT_REVOKED':
      return {
        found: 'the certificate was revoked',
        advice: 'Ask the operator of the server.',
      };
    default:
      return {
        found: `the certificate is not valid (${code})`,
        advice: 'See what the server shows: openssl s_client -connect HOST:PORT.',
      };
  }
}
