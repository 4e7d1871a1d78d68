// Owns under which names a list is asked (RFC 5782 s.2.1, s.2.4, s.3). Pure.
import { isIPv4, isIPv6 } from 'node:net';

/** What a list is asked about. */
export type Subject =
  | { readonly kind: 'address'; readonly text: string }
  | { readonly kind: 'domain'; readonly text: string };

// RFC 1035 s.2.3.4, less the length octets.
const longestName = 253;

/** `2.0.0.127.zone`, or `example.com.zone`; undefined for what does not fit into a name. */
export function queryName({ kind, text }: Subject, zone: string): string | undefined {
  const prefix = kind === 'domain' ? text : reversed(text);
  if (prefix === undefined) return undefined;
  const name = `${prefix}.${zone}`;
  return name.length <= longestName ? name : undefined;
}

function reversed(address: string): string | undefined {
  if (isIPv4(address)) return address.split('.').toReversed().join('.');
  return isIPv6(address) ? [...hexDigits(address)].toReversed().join('.') : undefined;
}

/** All 32 of them. */
function hexDigits(address: string): string {
  const [head = '', tail] = address.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(Math.max(0, missing)).fill('0000'), ...after].join('');
}

/** The last one may be written as IPv4. */
function groupsOf(text: string): string[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [group.padStart(4, '0')];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d].map((each) => each.toString(16).padStart(4, '0'));
  });
}
