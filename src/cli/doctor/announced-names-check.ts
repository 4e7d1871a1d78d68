// Owns whether the names that mail programs are told, or ask by themselves, lead anywhere.
import { isIP } from 'node:net';
import type { Config } from '../../config/schema.ts';
import { type Check, ok, warn } from './check.ts';
import { list } from './words.ts';

/** Addresses of a host name; rejects when there are none. */
type Resolve = (host: string) => Promise<readonly string[]>;

export function announcedNamesCheck(config: Config, resolve: Resolve): Check[] {
  const hosts = hostsOf(config);
  if (hosts.length === 0) return [];
  return [
    {
      subject: 'announced names',
      async *run() {
        const found = hosts.map((host) => resolve(host).catch(() => []));
        for (const [index, host] of hosts.entries()) {
          const addresses = (await found[index]) ?? [];
          yield addresses.length > 0
            ? ok(`${host} is ${list(addresses)}`)
            : warn(
                `${host} has no address, seen from here`,
                'Give it one in DNS: mail programs look for it.',
              );
        }
      },
    },
  ];
}

function hostsOf({ listeners, autoconfig }: Config): string[] {
  const announced = listeners.map(({ announce }) => announce.host ?? '');
  const domains = autoconfig?.domains.flatMap(({ names }) => names) ?? [];
  const asked = domains.flatMap((name) => [`autoconfig.${name}`, `autodiscover.${name}`]);
  return [...new Set([...announced, ...asked])].filter((host) => host !== '' && isIP(host) === 0);
}
