// Owns which keys of a configuration are read at the start only.
import type { Config } from './schema.ts';

/** By name as in the YAML. */
const atStart: readonly { readonly key: string; value(config: Config): unknown }[] = [
  { key: 'quarantine', value: ({ quarantine }) => quarantine },
  { key: 'state', value: ({ state }) => state },
  { key: 'verdict_cache', value: ({ verdictCache }) => verdictCache },
  { key: 'metrics', value: ({ metrics }) => metrics },
  {
    key: 'autoconfig',
    value: ({ autoconfig }) =>
      autoconfig && [autoconfig.address, autoconfig.port, autoconfig.certificateOf],
  },
  {
    key: 'training.links',
    value: ({ training: { links } }) => links && [links.address, links.port, links.certificateOf],
  },
  { key: 'log', value: ({ log }) => log },
  { key: 'workers', value: ({ workers }) => workers },
  { key: 'limits.memory_total', value: ({ limits }) => limits.memoryTotalBytes },
];

/** The keys whose change takes effect only at the next start. */
export function keysForRestart(running: Config, next: Config): string[] {
  return atStart
    .filter(({ value }) => JSON.stringify(value(running)) !== JSON.stringify(value(next)))
    .map(({ key }) => key);
}
