// Owns the step from what a message has as a URI to the host that a browser would go to. Pure.
import { toAddress } from '../../base/network.ts';

export type UriScheme = 'http' | 'https' | 'ftp' | 'mailto';

/**
 * Where it stands: `text` as a whole URI, or beginning with `www.`; `bare`: a name alone, which some
 * programs make a link of; `nested`: inside of another one, as the target of a redirect. The others are
 * attributes of HTML: `link` is followed when clicked on, `resource` fetched when shown.
 */
export type UriPlace =
  | 'text'
  | 'bare'
  | 'nested'
  | 'link'
  | 'resource'
  | 'form'
  | 'style'
  | 'refresh'
  | 'base';

export interface FoundUri {
  readonly scheme: UriScheme;
  /** In lower case, in punycode, without a dot at its end; an IP address in its shortest form, no brackets. */
  readonly host: string;
  readonly hostKind: 'name' | 'address';
  /** As a browser writes it, without user name and password; the end of a long one is cut off. */
  readonly text: string;
  readonly place: UriPlace;
  /** `https://bank.example@host.example/`: what stands before the @ is there to mislead. */
  readonly hasUserInfo: boolean;
}

const maxRestLength = 2000;
// RFC 1035 s.2.3.4, in escapes of UTF-8 at worst; a browser takes no longer one for a host.
const maxHostLength = 3000;

/** Undefined for other schemes, and for what a browser could not go to. */
export function toFoundUri(written: string, place: UriPlace): FoundUri | undefined {
  const text = withoutIgnored(written);
  const scheme = schemeOf(text);
  if (scheme === undefined) return undefined;
  const rest = text.slice(scheme.length + 1);
  return scheme === 'mailto' ? toMailUri(rest, place) : toHostUri(scheme, rest, place);
}

function toHostUri(scheme: UriScheme, rest: string, place: UriPlace): FoundUri | undefined {
  let start = 0;
  while (isSlash(rest.charCodeAt(start))) start += 1;
  let end = start;
  while (end < rest.length && !endsAuthority(rest.charCodeAt(end))) end += 1;
  const authority = rest.slice(start, end);
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host === '' || host.length > maxHostLength) return undefined;
  const url = URL.parse(`${scheme}://${host}${rest.slice(end, end + maxRestLength)}`);
  if (url === null) return undefined;
  const found = toHost(url.hostname);
  if (found === undefined) return undefined;
  return { scheme, ...found, text: url.href, place, hasUserInfo: host.length < authority.length };
}

/** RFC 6068 s.2: of several receivers, the first. */
function toMailUri(rest: string, place: UriPlace): FoundUri | undefined {
  const end = rest.search(/[?,;]/);
  const address = (end === -1 ? rest : rest.slice(0, end)).slice(-maxHostLength);
  const at = address.lastIndexOf('@');
  const url = at === -1 ? null : URL.parse(`http://${address.slice(at + 1)}/`);
  const found = url === null ? undefined : toHost(url.hostname);
  if (found === undefined) return undefined;
  const local = address.slice(0, at).replaceAll(/[\s\p{Cc}]/gu, '');
  const text = `mailto:${local}@${found.host}`;
  return { scheme: 'mailto', ...found, text, place, hasUserInfo: false };
}

function toHost(hostname: string): Pick<FoundUri, 'host' | 'hostKind'> | undefined {
  const address = toAddress(hostname.replace(/^\[(.*)\]$/, '$1'));
  if (address !== undefined) return { host: address, hostKind: 'address' };
  const host = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  const isName = host.length <= 253 && host.split('.').every((label) => isLabel.test(label));
  return isName ? { host, hostKind: 'name' } : undefined;
}

const isLabel = /^[a-z0-9_-]{1,63}$/;

/** WHATWG URL s.4.4: blanks and controls around it do not count, nor do tabs and line ends within. */
function withoutIgnored(written: string): string {
  let start = 0;
  while (written.charCodeAt(start) <= 0x20) start += 1;
  let end = written.length;
  while (end > start && written.charCodeAt(end - 1) <= 0x20) end -= 1;
  return written.slice(start, end).replaceAll(/[\t\r\n]/g, '');
}

function schemeOf(text: string): UriScheme | undefined {
  const scheme = /^(https?|ftp|mailto):/i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'http':
    case 'https':
    case 'ftp':
    case 'mailto':
      return scheme;
    default:
      return undefined;
  }
}

/** Browsers take a backslash for a slash, and any number of them. */
function isSlash(code: number): boolean {
  return code === 0x2f || code === 0x5c;
}

function endsAuthority(code: number): boolean {
  return isSlash(code) || code === 0x3f || code === 0x23;
}
