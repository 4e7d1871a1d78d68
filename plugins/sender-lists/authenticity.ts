// Owns whether the author of a message is shown to be its author, by what the provider of the mailbox says
// and by what the plugin `authentication` has found. Pure.
import { type AuthenticationResult, registrableDomain, type SenderOrigin } from '#plugin-api';

/** `unknown`: nobody says anything about it, which is so for much honest mail. */
export type Authenticity = 'pass' | 'fail' | 'unknown';

export function authenticityOf(
  authorDomain: string,
  results: readonly AuthenticationResult[],
  origin: SenderOrigin | undefined,
): Authenticity {
  const isOwn = (domain: string | undefined): boolean => areAligned(domain, authorDomain);
  if (origin?.author === 'pass' || origin?.signers.some(isOwn) === true) return 'pass';
  if (results.some((each) => each.result === 'pass' && vouchesFor(each, isOwn))) return 'pass';
  const hasFailed = results.some(
    (each) =>
      isAboutAnother(each, isOwn) ||
      (each.result === 'fail' &&
        (each.method === 'dmarc' || (each.method === 'spf' && vouchesFor(each, isOwn)))),
  );
  return hasFailed || origin?.author === 'fail' ? 'fail' : 'unknown';
}

/** Whoever has verified another author has read From in another way, as the mail program may. */
function isAboutAnother(
  { method, properties }: AuthenticationResult,
  isOwn: (domain: string | undefined) => boolean,
): boolean {
  const author = domainOf(properties.get('header.from'));
  return method === 'dmarc' && author !== undefined && !isOwn(author);
}

function vouchesFor(
  { method, properties }: AuthenticationResult,
  isOwn: (domain: string | undefined) => boolean,
): boolean {
  switch (method) {
    case 'dmarc':
      return isOwn(domainOf(properties.get('header.from')));
    case 'dkim':
      return isOwn(properties.get('header.d') ?? domainOf(properties.get('header.i')));
    case 'spf':
      return isOwn(domainOf(properties.get('smtp.mailfrom')));
    default:
      return false;
  }
}

/** RFC 7489 s.3.1: relaxed alignment, by the domain that was registered. */
function areAligned(domain: string | undefined, authorDomain: string): boolean {
  if (domain === undefined) return false;
  const name = domain.toLowerCase();
  if (name === authorDomain) return true;
  const registered = registrableDomain(name);
  return registered !== undefined && registered === registrableDomain(authorDomain);
}

function domainOf(text: string | undefined): string | undefined {
  return text?.slice(text.lastIndexOf('@') + 1);
}
