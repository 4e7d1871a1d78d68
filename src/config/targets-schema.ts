// Owns the keys that say which servers a session may be led to by others than the administrator.
import { z } from 'zod';
import { parseHost } from '../base/host-name.ts';
import { type Network, parseNetwork } from '../base/network.ts';
import { showValue } from './problem.ts';
import { integer } from './values.ts';

type Allowed =
  /** `*` alone is any name; `*.` in front, any name below. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'network'; readonly network: Network };

const allowedError =
  'expected a host name, a wildcard such as "*.example.net", "*" for any name, or a network such as 192.0.2.0/24';

const allowed = z.string({ error: allowedError }).transform((text, context): Allowed => {
  const network = parseNetwork(text);
  if (network !== undefined) return { kind: 'network', network };
  if (text === '*') return { kind: 'name', name: text };
  const host = parseHost(text.startsWith('*.') ? text.slice(2) : text);
  if (host?.kind === 'name') return { kind: 'name', name: text.toLowerCase() };
  context.addIssue({ code: 'custom', message: `${allowedError}, got ${showValue(text)}` });
  return z.NEVER;
});

export const targetsSchema = z
  .strictObject({
    allow: z
      .array(allowed, { error: 'expected a list of host names and networks' })
      .describe(
        'Host names, "*.example.net" for all names below, "*" for any name, and networks. A name must not lead to an address that is not public unless its network is here too.',
      )
      .default([]),
    ports: z
      .array(integer('A port.', { min: 1, max: 65_535 }), { error: 'expected a list of ports' })
      .min(1, { error: 'expected at least one port' })
      .describe('Ports that may be asked for.')
      .default([110, 995]),
  })
  .transform(({ allow, ports }) => ({
    names: allow.flatMap((each) => (each.kind === 'name' ? [each.name] : [])),
    networks: allow.flatMap((each) => (each.kind === 'network' ? [each.network] : [])),
    ports,
  }));
