// Owns what of a message lists are asked about: addresses of the public Internet and names that somebody can
// have registered, and none of the reader's own. Whatever the message holds, there are few of them.
import {
  type EnvelopeSource,
  hasPublicSuffix,
  isUnder,
  type MessageView,
  parseMailboxes,
  purposeOf,
  registrableDomain,
} from '#plugin-api';
import type { AskedAbout } from './options.ts';
import type { Subject } from './query-name.ts';
import { uriHosts } from './uri-hosts.ts';

export interface AskedSubject {
  readonly about: AskedAbout;
  /** Of a domain the full name. */
  readonly subject: Subject;
}

export interface SubjectSource {
  readonly envelopes: EnvelopeSource;
  /** What any list wants to know about. */
  readonly wanted: ReadonlySet<AskedAbout>;
  readonly ignore: readonly string[];
}

const mostMailboxes = 5;
const longestField = 8192;

/** The likeliest to matter first: there may be more than may be asked about. */
export async function subjectsOf(
  message: MessageView,
  { envelopes, wanted, ignore }: SubjectSource,
): Promise<AskedSubject[]> {
  const headers = await message.headers();
  const { user, upstream } = message.account;
  const own = [...ignore, ...ownDomains(user, upstream.host)];
  const found = new Map<string, AskedSubject>();
  const add = (about: AskedAbout, host: string | undefined): void => {
    const subject = host === undefined || !wanted.has(about) ? undefined : toSubject(host, own);
    if (subject !== undefined) found.set(`${about} ${subject.text}`, { about, subject });
  };
  const addField = (about: AskedAbout, name: string): void => {
    for (const value of headers.all(name).slice(0, 2)) {
      const mailboxes = parseMailboxes(value.slice(0, longestField)).slice(0, mostMailboxes);
      for (const { domain } of mailboxes) add(about, domain);
    }
  };
  const { clientAddress, helo, sender } = envelopes.envelopeOf(upstream.host, headers);
  add('client', clientAddress);
  addField('from', 'From');
  add('sender', sender?.slice(sender.lastIndexOf('@') + 1));
  addField('reply-to', 'Reply-To');
  add('helo', helo);
  if (wanted.has('uri')) for (const host of await uriHosts(message)) add('uri', host);
  return [...found.values()];
}

/** Undefined for what nobody else may be asked about, or could know of. */
export function toSubject(host: string, own: readonly string[]): Subject | undefined {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (/^[0-9.]+$/.test(name) || name.includes(':')) {
    return purposeOf(name) === undefined ? addressSubject(name) : undefined;
  }
  if (own.some((domain) => isUnder(name, domain))) return undefined;
  return registrableDomain(name) !== undefined && hasPublicSuffix(name)
    ? { kind: 'domain', text: name }
    : undefined;
}

function addressSubject(text: string): Subject | undefined {
  const isWhole = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) || text.includes(':');
  return isWhole ? { kind: 'address', text } : undefined;
}

/** Mail to oneself, and links to one's own provider, are nobody's business. */
function ownDomains(user: string, upstreamHost: string): string[] {
  const domain = user.includes('@') ? user.slice(user.lastIndexOf('@') + 1).toLowerCase() : '';
  const provider = registrableDomain(upstreamHost);
  return [domain, provider ?? ''].filter((each) => each !== '');
}
