// Owns what is told for each mail domain: servers to fetch mail from, and the one to send it by. Pure.
import { isTold } from '../../config/autoconfig-checks.ts';
import type { AutoconfigConfig, Config, ListenerConfig } from '../../config/schema.ts';
import { type ClientSettings, clientSettings } from '../client-settings.ts';

type DomainConfig = AutoconfigConfig['domains'][number];

export interface DomainSettings {
  /** Stands for all domains that are told the same. */
  readonly id: string;
  readonly domains: readonly string[];
  readonly displayName: string;
  /** The best first. */
  readonly incoming: readonly ClientSettings[];
  readonly userName: DomainConfig['userName'];
  readonly outgoing: DomainConfig['outgoing'];
}

/** By domain; empty without automatic configuration. */
export type SettingsByDomain = ReadonlyMap<string, DomainSettings>;

const bestFirst = ['implicit', 'stls', 'none'] as const;

export function settingsByDomain(config: Config): SettingsByDomain {
  const { autoconfig } = config;
  const byDomain = new Map<string, DomainSettings>();
  // The configuration names the host of each listener that is told.
  const all = clientSettings(config, {
    given: undefined,
    certificateName: () => undefined,
    machine: 'localhost',
  });
  for (const { names, listeners, userName, outgoing } of autoconfig?.domains ?? []) {
    const [id = ''] = names;
    const settings: DomainSettings = {
      id,
      domains: names,
      displayName: autoconfig?.displayName ?? id,
      incoming: incomingOf(all, listeners ?? toldListeners(config)),
      userName,
      outgoing,
    };
    for (const name of names) byDomain.set(name, settings);
  }
  return byDomain;
}

function toldListeners({ listeners }: Config): string[] {
  const rank = ({ tls, announce }: ListenerConfig): number =>
    bestFirst.indexOf(announce.tls ?? tls);
  return listeners
    .filter(isTold)
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ name }) => name);
}

function incomingOf(all: readonly ClientSettings[], names: readonly string[]): ClientSettings[] {
  return names
    .map((name) => all.find(({ listener }) => listener === name))
    .filter((settings) => settings !== undefined);
}
