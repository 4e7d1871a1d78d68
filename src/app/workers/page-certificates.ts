// Owns the certificates of the pages that the supervisor serves. Those of connections are read by each worker.
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Config, ListenerConfig } from '../../config/schema.ts';
import { OpenAuthority } from '../../tls/authority/open-authority.ts';
import { type ListenerMaterial, loadListenerMaterial } from '../../tls/material.ts';
import type { PemPair } from '../../tls/self-signed.ts';
import type { ContextSource } from '../../tls/server-tls.ts';
import { randomTicketKeys } from '../../tls/ticket-keys.ts';

/** Renewed files are noticed by the next handshake after that. */
const believedMs = 60_000;

/** By the listeners that the pages show certificates of. */
export async function pageCertificates(
  config: Config,
  selfSigned: PemPair,
  log: Logger,
): Promise<ReadonlyMap<string, ContextSource>> {
  const { listeners, autoconfig, training } = config;
  const wanted = [autoconfig?.certificateOf, training.links?.certificateOf];
  const found = new Map<string, ContextSource>();
  for (const listener of listeners.filter(({ name }) => wanted.includes(name))) {
    const source = await certificatesOf(listener, config, selfSigned, log);
    if (source !== undefined) found.set(listener.name, source);
  }
  return found;
}

async function certificatesOf(
  listener: ListenerConfig,
  { authority }: Config,
  selfSigned: PemPair,
  log: Logger,
): Promise<ContextSource | undefined> {
  // Keys of its own: nobody who connects for mail resumes a session here.
  const material = await loadListenerMaterial(listener, {
    ticketKeys: randomTicketKeys(),
    selfSigned,
    authority: listener.mint && (await OpenAuthority.open(authority, { clock: systemClock, log })),
  });
  return material && new PageCertificates(material, systemClock);
}

class PageCertificates implements ContextSource {
  readonly #material: ListenerMaterial;
  readonly #clock: Clock;
  #lookedMs: number;

  constructor(material: ListenerMaterial, clock: Clock) {
    this.#material = material;
    this.#clock = clock;
    this.#lookedMs = clock.monotonicMs();
  }

  async contextFor(serverName: string | undefined) {
    const { tls, files, authority } = this.#material;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lookedMs > believedMs) {
      this.#lookedMs = nowMs;
      // Workers look as well, and tell of what cannot be used.
      await authority?.look().catch(() => {});
      const { taken } = (await files?.look()) ?? { taken: [] };
      if (files !== undefined && taken.length > 0) tls.useCertificates(files.certificates);
    }
    return tls.contextFor(serverName);
  }
}
