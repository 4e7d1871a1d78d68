// Owns the words in which a scan is reported: to the policy, the reader of a notice, the audit trail.
import { type BlockVerdict, block, flag, pass, tempfail, type Verdict } from '#plugin-api';
import type { MessageScan, Place } from './message-scan.ts';
import type { NotScannedReason } from './scan.ts';

/** What becomes of a message that can never be scanned. */
export type NotScannedPolicy = 'block' | 'flag' | 'defer';

const finding = 'not-scanned';
const encryptedPattern = /^Heuristics\.Encrypted\./;

export function toVerdict(scan: MessageScan, policy: NotScannedPolicy): Verdict {
  switch (scan.kind) {
    case 'clean':
      return pass();
    case 'infected':
      return block(scan.signature, about(explain(scan.signature), scan.place));
    case 'notScanned':
      return notScanned(scan.reason, scan.place, policy);
    case 'failed':
      return tempfail(scan.reason);
  }
}

/** An encrypted file is no virus, but nobody can tell. */
function explain(signature: string): string {
  return encryptedPattern.test(signature)
    ? `The virus scanner ClamAV cannot look into an encrypted file (${signature}).`
    : `The virus scanner ClamAV found ${signature}.`;
}

function notScanned(
  reason: NotScannedReason,
  place: Place | undefined,
  policy: NotScannedPolicy,
): Verdict {
  const why = describe(reason);
  const evidence = place === undefined ? why : `${why}: ${place.evidence}`;
  switch (policy) {
    case 'block':
      return block(finding, {
        ...about(`The message could not be checked for viruses: ${why}.`, place),
        evidence,
      });
    case 'flag':
      return flag(finding, evidence);
    case 'defer':
      return tempfail(evidence);
  }
}

function describe(reason: NotScannedReason): string {
  switch (reason.kind) {
    case 'tooLarge':
      return 'it is too large for the virus scanner';
    case 'tooManyParts':
      return 'it has more parts than are scanned';
    case 'tooSlow':
      return 'the virus scanner took so long that it may have given up';
    case 'limit':
      return `the virus scanner gave up (${reason.name})`;
  }
}

function about(
  explanation: string,
  place: Place | undefined,
): Pick<BlockVerdict, 'explanation' | 'part' | 'evidence'> {
  if (place === undefined) return { explanation };
  const { fileName, evidence } = place;
  return fileName === undefined
    ? { explanation, evidence }
    : { explanation, part: fileName, evidence };
}
