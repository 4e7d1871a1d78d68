// Owns the envelope that a message had in SMTP and has lost in a maildrop, as far as fields tell it that
// the provider has written. Each hop puts its fields on top, so all of them stand above those of the
// sender; below the first field that is not known to be the provider's nothing is believed. Pure.
import { registrableDomain } from '../base/registrable-domain.ts';
import type { AuthenticationResult } from './authentication-results.ts';
import { type EnvelopeFacts, envelopeFacts } from './envelope-fields.ts';
import {
  type EnvelopeTrust,
  isAnyUnder,
  isInnerHost,
  isWriter,
  relayKind,
} from './envelope-trust.ts';
import { parseReceived, type Received } from './received.ts';

export interface Envelope {
  /** Who handed the message to the provider. Undefined for a user of the provider who had logged in. */
  readonly clientAddress?: string;
  /** What that host called itself. */
  readonly helo?: string;
  /** What the DNS called its address, in lower case; only if the name leads back to the address. */
  readonly clientName?: string;
  /** Without angle brackets; '' is the empty path of a bounce. */
  readonly sender?: string;
  /** Without angle brackets, from the topmost field on, each once; at most ten. */
  readonly recipients: readonly string[];
  /** What the provider found out about the sender; undefined when it says nothing. */
  readonly authentication?: readonly AuthenticationResult[];
  /** Under which the provider took it in. */
  readonly queueId?: string;
  /** `submission`: written by a user of the provider who had logged in. */
  readonly origin: 'outside' | 'submission' | 'unknown';
  /** The host that would have to be trusted for more to be known, if it is the provider's. */
  readonly strangeWriter?: string;
}

/** What of a header is read: all fields in order, each value unfolded. */
export interface FieldsInOrder {
  entries(): Iterable<{ readonly name: string; readonly value: string }>;
}

// More than any provider writes; the rest cannot be its own.
const mostFields = 500;
const mostHops = 30;
const mostRecipients = 10;

export function rebuildEnvelope(headers: FieldsInOrder, trust: EnvelopeTrust): Envelope {
  const walk = new Walk(trust);
  let fields = 0;
  for (const { name, value } of headers.entries()) {
    fields += 1;
    if (fields > mostFields || walk.add(name, value) === 'over') break;
  }
  return walk.envelope();
}

class Walk {
  #trust: EnvelopeTrust;
  /** Since the last field that is known to be the provider's. */
  #pending: EnvelopeFacts[] = [];
  #facts: EnvelopeFacts[] = [];
  readonly #hops: Received[] = [];
  /** Who handed the message in, or the last own host with a public address. */
  #entry: Received | undefined;
  #origin: Envelope['origin'] = 'unknown';
  #strangeWriter: string | undefined;
  /** What the client of the hop above calls itself, when it is an own host. */
  #handedBy: string | undefined;

  constructor(trust: EnvelopeTrust) {
    this.#trust = trust;
  }

  add(name: string, value: string): 'over' | 'goes on' {
    if (name.toLowerCase() === 'received') return this.#addHop(parseReceived(value));
    const facts = envelopeFacts(name, value, (id) => isAnyUnder(id, this.#trust.writers));
    if (facts !== undefined) this.#pending.push(facts);
    return 'goes on';
  }

  envelope(): Envelope {
    const { client, id } = this.#entry ?? {};
    const isKnown = this.#origin !== 'submission';
    const first = (pick: (facts: EnvelopeFacts) => string | undefined): string | undefined =>
      this.#facts.map(pick).find((each) => each !== undefined);
    return withoutAbsent({
      clientAddress: isKnown ? (client?.address ?? first((each) => each.clientAddress)) : undefined,
      helo: isKnown ? (client?.helo ?? first((each) => each.helo)) : undefined,
      clientName: isKnown && client?.nameProof === 'checked' ? client.name : undefined,
      sender: first((each) => each.sender) ?? this.#hops.find((hop) => hop.sender)?.sender,
      recipients: this.#recipients(),
      authentication: this.#authentication(),
      queueId: id ?? this.#hops.at(-1)?.id,
      origin: this.#origin,
      strangeWriter: this.#strangeWriter,
    });
  }

  #addHop(hop: Received | undefined): 'over' | 'goes on' {
    if (hop === undefined || !this.#isOwn(hop) || this.#hops.length >= mostHops) {
      if (this.#hops.length === 0) this.#strangeWriter = hop?.by;
      return 'over';
    }
    this.#hops.push(hop);
    this.#facts.push(...this.#pending);
    this.#pending = [];
    return this.#take(hop);
  }

  #isOwn(hop: Received): boolean {
    return isWriter(hop, this.#trust) || (hop.by !== undefined && hop.by === this.#handedBy);
  }

  #take(hop: Received): 'over' | 'goes on' {
    const { client } = hop;
    if (hop.isAuthenticated) {
      // A provider's own relays may stand between its user and its maildrop.
      if (this.#entry === undefined) this.#origin = 'submission';
      return 'over';
    }
    // Who takes mail in and hides from whom leaves nothing to tell its fields from the sender's by.
    if (client === undefined) return hidesClient(hop) ? 'over' : 'goes on';
    if (isCollected(hop)) return this.#trustMaildrop(client.helo ?? client.name);
    const kind = relayKind(hop, this.#trust);
    const clientName = (client.name ?? client.helo)?.toLowerCase();
    if (kind === 'unclear') {
      if (this.#entry === undefined) this.#strangeWriter = clientName;
      return 'over';
    }
    this.#handedBy = kind && clientName;
    if (kind === 'address') return 'goes on';
    // Without an address nobody can tell an own host from a sender.
    if (client.address !== undefined) {
      this.#entry = hop;
      this.#origin = 'outside';
    }
    return kind === 'name' ? 'goes on' : 'over';
  }

  /** A program has read it from another maildrop, so that the hops below are of that provider. */
  #trustMaildrop(host: string | undefined): 'goes on' {
    const domain = host === undefined ? undefined : registrableDomain(host);
    if (domain !== undefined) {
      this.#trust = { ...this.#trust, writers: [...this.#trust.writers, domain] };
    }
    return 'goes on';
  }

  #authentication(): AuthenticationResult[] | undefined {
    const found = this.#facts.flatMap(({ authentication }) => authentication ?? []);
    return found.length === 0 ? undefined : found;
  }

  #recipients(): string[] {
    const found = [
      ...this.#facts.flatMap(({ recipient }) => recipient ?? []),
      ...this.#hops.flatMap(({ recipient }) => recipient ?? []),
    ].filter((each) => each !== '');
    const different = new Map(found.map((each) => [each.toLowerCase(), each] as const));
    return [...different.values()].slice(0, mostRecipients);
  }
}

/** Between hosts of Google, which have private addresses, there are such fields as well. */
function hidesClient({ by, protocol = '' }: Received): boolean {
  return protocol.includes('smtp') && by !== undefined && !isInnerHost(by);
}

/** By fetchmail, getmail and their like. */
function isCollected({ protocol = '' }: Received): boolean {
  return ['pop3', 'pop3s', 'imap', 'imap4', 'imaps'].includes(protocol);
}

type Possible<T> = { readonly [Key in keyof T]: T[Key] | undefined };

function withoutAbsent(
  envelope: Possible<Envelope> & Pick<Envelope, 'recipients' | 'origin'>,
): Envelope {
  const { recipients, origin, ...optional } = envelope;
  const present = Object.entries(optional).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(present), recipients, origin };
}
