// Owns how results are written into an Authentication-Results field (RFC 8601): short, in US-ASCII, and
// such that no text of a sender can add a result. Pure.
import type { DkimOutcome, DmarcOutcome, Outcome } from './outcome.ts';

export const resultsField = 'Authentication-Results';

// With the name of the field and its folds it stays within the 512 octets that listed sizes allow for.
const maxLength = 440;
// Longer ones are left out rather than cut: half a name is another name.
const longestValue = 100;

/** `mx.example.net; dkim=pass header.d=example.org; dmarc=pass header.from=example.org`. */
export function formatResults(authservId: string, outcome: Outcome | undefined): string {
  // RFC 8601 s.2.2: "none" says that no check was made.
  if (outcome === undefined) return `${authservId}; none`;
  const ending = [`arc=${outcome.arc}`, dmarcResult(outcome.dmarc)];
  const lengthOf = (results: readonly string[]): number =>
    [authservId, ...results, ...ending].join('; ').length;
  const results: string[] = [];
  for (const each of dkimResults(outcome)) {
    if (lengthOf([...results, each]) > maxLength) break;
    results.push(each);
  }
  return [authservId, ...results, ...ending].join('; ');
}

/** The same without who says so, for verdicts. */
export function describeOutcome(outcome: Outcome): string {
  return [
    ...dkimResults(outcome).slice(0, 3),
    `arc=${outcome.arc}`,
    dmarcResult(outcome.dmarc),
  ].join('; ');
}

function dkimResults({ dkim, scope }: Outcome): string[] {
  if (scope === 'limited') return ['dkim=policy (the header cannot be verified)'];
  if (dkim.length === 0) return ['dkim=none'];
  // What counts comes first, should there be no room for all of them.
  return dkim.toSorted((a, b) => weight(a) - weight(b)).map(dkimResult);
}

function weight({ status }: DkimOutcome): number {
  return status === 'pass' ? 0 : 1;
}

function dkimResult({ status, domain, selector, openOctets }: DkimOutcome): string {
  const comment = openOctets === 0 ? '' : ` (${openOctets} octets not signed)`;
  return `dkim=${status}${comment}${property('header.d', domain)}${property('header.s', selector)}`;
}

function dmarcResult({ status, domain, policy }: DmarcOutcome): string {
  const wanted = status === 'fail' ? policy : undefined;
  return `dmarc=${status}${property('header.from', domain)}${property('policy.dmarc', wanted)}`;
}

/** Only what is a domain name through and through: nothing of it needs quoting. */
function property(name: string, value: string | undefined): string {
  const isPlain =
    value !== undefined &&
    value.length <= longestValue &&
    /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/.test(value);
  return isPlain ? ` ${name}=${value.toLowerCase()}` : '';
}
