// Owns the rule received-forged-own.
import type { BuiltInRule } from '../built-in-rule.ts';
import { insideNetworks } from '../inside-networks.ts';

export const receivedForgedOwn: BuiltInRule = {
  name: 'received-forged-own',
  logOdds: 1.8,
  about: 'the machine that sent it called itself by the domain of the reader',
  find({ headers, ownDomains }) {
    for (const value of headers.all('Received').slice(0, mostFields)) {
      const hello = strangeHello(value);
      if (hello !== undefined && ownDomains.includes(hello)) return `called itself ${hello}`;
    }
    return undefined;
  },
};

/** Newest first: what stands further down was written by whoever sent it. */
const mostFields = 3;

const client =
  /^from\s{1,9}([a-z0-9.-]{1,255})\s{1,9}\(([a-z0-9.-]{0,255})\s{0,9}\[(?:IPv6:)?([0-9a-f.:]{2,45})\]/i;

/** `from example.org (unknown [192.0.2.1])`: the name given, where the one that was looked up is another. */
function strangeHello(value: string): string | undefined {
  const [, hello, found, address] = client.exec(value) ?? [];
  if (hello === undefined || found === undefined || address === undefined) return undefined;
  // Machines of the reader's own house need no name in the DNS.
  if (insideNetworks.contains(address)) return undefined;
  const name = hello.toLowerCase();
  return found.toLowerCase().endsWith(name) ? undefined : name;
}
