// Owns what counts as one client address. Pure.
import { isIPv6 } from 'node:net';

/**
 * The address, or for IPv6 its /64: that is what one subscriber has at least (RFC 6177 s.2), with more
 * addresses than could ever be counted.
 */
export function clientNetwork(address: string): string {
  const plain = address.split('%', 1)[0] ?? '';
  if (!isIPv6(plain)) return address;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    // An address of IPv4 at the end takes the room of two groups, both beyond the network.
    const behind = tail === '' ? 0 : tail.split(':').length + (tail.includes('.') ? 1 : 0);
    while (groups.length + behind < 8) groups.push('0');
    groups.push(...tail.split(':').filter((group) => group !== ''));
  }
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
