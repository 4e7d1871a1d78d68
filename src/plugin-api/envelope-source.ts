// Owns whose Received fields are believed for which mail server: from what is known of providers, from
// the name of the server, and from the configuration.
import { z } from 'zod';
import { type Network, NetworkSet, parseNetwork } from '../base/network.ts';
import { registrableDomain } from '../base/registrable-domain.ts';
import { providerHosts } from '../config/provider-hosts.ts';
import { networks } from '../config/values.ts';
import { type Envelope, type FieldsInOrder, rebuildEnvelope } from '../message/envelope.ts';
import { type EnvelopeTrust, noTrust } from '../message/envelope-trust.ts';

const modeError = 'expected auto, off, or hosts and networks of the mail provider';
const domainError = 'expected a list of domains in small letters, such as [mx.example.org]';

/** The option `envelope` of plugins that need to know from whom a message came. */
export function envelopeOption() {
  return z
    .union(
      [
        z.enum(['auto', 'off']),
        z.strictObject({
          hosts: z
            .array(
              z.string({ error: domainError }).regex(/^[a-z0-9_-][a-z0-9._-]{0,252}$/, {
                error: domainError,
              }),
              { error: domainError },
            )
            .default([])
            .describe('Domains of the hosts whose Received fields are believed.'),
          networks: networks('Addresses of hosts that hand mail on inside the provider.').default(
            [],
          ),
        }),
      ],
      { error: modeError },
    )
    .default('auto')
    .transform((given): EnvelopeSettings => {
      if (given === 'off') return { mode: 'off', hosts: [], networks: [] };
      return given === 'auto'
        ? { mode: 'auto', hosts: [], networks: [] }
        : { mode: 'auto', ...given };
    })
    .describe(
      'From which Received fields the envelope is rebuilt: those of the mail provider (auto), also those of further hosts, or none (off).',
    );
}

export interface EnvelopeSettings {
  readonly mode: 'auto' | 'off';
  /** Believed beside what is known of the provider. */
  readonly hosts: readonly string[];
  readonly networks: readonly Network[];
}

/** Clients may name any number of servers. */
const mostHosts = 200;

/** Remembers what it has worked out for a server. */
export class EnvelopeSource {
  readonly #settings: EnvelopeSettings;
  readonly #trusts = new Map<string, EnvelopeTrust>();

  constructor(settings: EnvelopeSettings) {
    this.#settings = settings;
  }

  /** `upstreamHost`: the mail server that the message was read from. */
  envelopeOf(upstreamHost: string, headers: FieldsInOrder): Envelope {
    return rebuildEnvelope(headers, this.#trustFor(upstreamHost));
  }

  #trustFor(upstreamHost: string): EnvelopeTrust {
    if (this.#settings.mode === 'off') return noTrust;
    const known = this.#trusts.get(upstreamHost);
    if (known !== undefined) return known;
    if (this.#trusts.size >= mostHosts) this.#trusts.clear();
    const trust = trustFor(upstreamHost, this.#settings);
    this.#trusts.set(upstreamHost, trust);
    return trust;
  }
}

function trustFor(upstreamHost: string, settings: EnvelopeSettings): EnvelopeTrust {
  const domain = registrableDomain(upstreamHost);
  const known = providerHosts.find((each) => domain !== undefined && each.of.includes(domain));
  const own = domain === undefined ? [] : [domain];
  const inner = (known?.networks ?? []).flatMap((each) => parseNetwork(each) ?? []);
  return {
    writers: [...own, ...(known?.writers ?? []), ...settings.hosts],
    relays: [...(known?.relays ?? [...own, ...(known?.writers ?? [])]), ...settings.hosts],
    networks: new NetworkSet([...inner, ...settings.networks]),
  };
}
