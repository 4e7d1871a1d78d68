// Owns what Postern itself counts. Labels are names from the configuration and words of the sources, so
// that their number is bounded; nothing here names a user or a message.
import type { Counter, Gauge, Histogram, Metrics } from '../base/metrics.ts';

const sessionBuckets = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800, 3600];
const deliveryBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export class CoreMetrics {
  readonly #sessionsOpened: Counter;
  readonly #sessionsOpen: Gauge;
  readonly #sessionDuration: Histogram;
  readonly #logins: Counter;
  readonly #delivered: Counter;
  readonly #deliveredOctets: Counter;
  readonly #deliveryDuration: Histogram;
  readonly #refused: Counter;
  readonly #broken: Counter;
  readonly #readAhead: Counter;
  readonly #verdicts: Counter;
  readonly #spamResults: Counter;
  readonly #quarantined: Counter;
  readonly #released: Counter;
  readonly #expired: Counter;
  readonly #digests: Counter;
  readonly #reloads: Counter;
  readonly #certificateExpiry: Gauge;
  readonly #targetsForbidden: Counter;
  readonly #hostsPassedOver: Counter;
  readonly #hostsFailing: Gauge;
  readonly #openByListener = new Map<string, number>();

  constructor(metrics: Metrics) {
    this.#sessionsOpened = metrics.counter('sessions_total', {
      help: 'Sessions that clients have opened.',
      labels: ['listener'],
    });
    this.#sessionsOpen = metrics.gauge('sessions_open', {
      help: 'Sessions at present.',
      labels: ['listener'],
    });
    this.#sessionDuration = metrics.histogram('session_duration_seconds', {
      help: 'Time from the connection of a client to its end.',
      labels: ['listener'],
      buckets: sessionBuckets,
    });
    this.#logins = metrics.counter('logins_total', {
      help: 'Logins that the upstream was asked for, by result: accepted or refused.',
      labels: ['route', 'result'],
    });
    this.#delivered = metrics.counter('messages_delivered_total', {
      help: 'Messages that clients were given whole, by what was done with them.',
      labels: ['route', 'action'],
    });
    this.#deliveredOctets = metrics.counter('delivered_octets_total', {
      help: 'Octets of messages that clients were given.',
      labels: ['route'],
    });
    this.#deliveryDuration = metrics.histogram('delivery_duration_seconds', {
      help: 'Time from RETR or TOP to the last octet.',
      labels: ['route', 'action'],
      buckets: deliveryBuckets,
    });
    this.#refused = metrics.counter('messages_refused_total', {
      help: 'Messages that were answered with -ERR, by error code.',
      labels: ['route', 'code'],
    });
    this.#broken = metrics.counter('messages_broken_total', {
      help: 'Messages that were cut after their first octet, by error code.',
      labels: ['route', 'code'],
    });
    this.#readAhead = metrics.counter('messages_read_ahead_total', {
      help: 'Messages that were fetched before a client asked for them, by use: used or unused.',
      labels: ['route', 'use'],
    });
    this.#verdicts = metrics.counter('verdicts_total', {
      help: 'Verdicts of plugins: pass, flag, block, score or tempfail.',
      labels: ['plugin', 'verdict'],
    });
    this.#spamResults = metrics.counter('spam_results_total', {
      help: 'What the scores of all spam engines came to: ham, unsure or spam.',
      labels: ['result'],
    });
    this.#quarantined = metrics.counter('quarantine_stored_total', {
      help: 'Originals that were put into quarantine, by what was done in their place.',
      labels: ['action'],
    });
    this.#released = metrics.counter('quarantine_released_total', {
      help: 'Originals that were given to their readers after all.',
    });
    this.#expired = metrics.counter('quarantine_expired_total', {
      help: 'Originals whose time in quarantine ran out.',
    });
    this.#digests = metrics.counter('digests_total', {
      help: 'Digests that were put into maildrops.',
    });
    this.#certificateExpiry = metrics.gauge('certificate_expiry_seconds', {
      help: 'When certificates of listeners expire, in seconds since 1970, by their first names.',
      labels: ['listener', 'name'],
      merge: 'min',
    });
    this.#reloads = metrics.counter('reloads_total', {
      help: 'Changes of the configuration while running, by result: taken or refused.',
      labels: ['result'],
    });
    this.#targetsForbidden = metrics.counter('targets_forbidden_total', {
      help: 'Servers that sessions were not let to: reason is syntax, port, not listed or not public.',
      labels: ['route', 'reason'],
    });
    this.#hostsPassedOver = metrics.counter('upstream_failovers_total', {
      help: 'Hosts that could not be reached, so that the next one of the route was tried.',
      labels: ['route'],
    });
    this.#hostsFailing = metrics.gauge('upstream_hosts_failing', {
      help: 'Hosts of routes with several that are passed over at present.',
      merge: 'max',
    });
  }

  sessionOpened(listener: string): void {
    this.#sessionsOpened.add(1, { listener });
    this.#countOpen(listener, 1);
  }

  sessionEnded(listener: string, durationMs: number): void {
    this.#sessionDuration.observe(durationMs / 1000, { listener });
    this.#countOpen(listener, -1);
  }

  loginResult(route: string, result: 'accepted' | 'refused'): void {
    this.#logins.add(1, { route, result });
  }

  targetForbidden(route: string, reason: string): void {
    this.#targetsForbidden.add(1, { route, reason });
  }

  hostPassedOver(route: string): void {
    this.#hostsPassedOver.add(1, { route });
  }

  hostsFailing(count: number): void {
    this.#hostsFailing.set(count);
  }

  messageDelivered(route: string, action: string, octets: number, durationMs: number): void {
    this.#delivered.add(1, { route, action });
    this.#deliveredOctets.add(octets, { route });
    this.#deliveryDuration.observe(durationMs / 1000, { route, action });
  }

  messageRefused(route: string, code: string): void {
    this.#refused.add(1, { route, code });
  }

  messageBroken(route: string, code: string): void {
    this.#broken.add(1, { route, code });
  }

  readAhead(route: string, counts: { readonly used: number; readonly unused: number }): void {
    for (const use of ['used', 'unused'] as const) {
      if (counts[use] > 0) this.#readAhead.add(counts[use], { route, use });
    }
  }

  verdict(plugin: string, kind: string): void {
    this.#verdicts.add(1, { plugin, verdict: kind });
  }

  spamResult(result: string): void {
    this.#spamResults.add(1, { result });
  }

  quarantineStored(action: string): void {
    this.#quarantined.add(1, { action });
  }

  quarantineReleased(): void {
    this.#released.add();
  }

  quarantineExpired(count: number): void {
    this.#expired.add(count);
  }

  digestPosted(): void {
    this.#digests.add();
  }

  reloadEnded(result: 'taken' | 'refused'): void {
    this.#reloads.add(1, { result });
  }

  certificateExpires(listener: string, name: string, atSeconds: number): void {
    this.#certificateExpiry.set(atSeconds, { listener, name });
  }

  #countOpen(listener: string, change: 1 | -1): void {
    const open = (this.#openByListener.get(listener) ?? 0) + change;
    this.#openByListener.set(listener, open);
    this.#sessionsOpen.set(open, { listener });
  }
}
