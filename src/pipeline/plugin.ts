// Owns what the pipeline knows of a plugin that has been set up.
import type { Logger } from '../base/log.ts';
import type { PluginConfig } from '../config/schema.ts';
import type { PluginInstance } from '../plugin-api/define-plugin.ts';

export interface LoadedPlugin {
  /** Unique in the chain; stands in verdicts, headers and logs. */
  readonly name: string;
  readonly instance: PluginInstance;
  readonly policy: Pick<PluginConfig, 'timeoutMs' | 'onError' | 'onBlock'>;
  /** Digest of plugin and options: part of the key under which its verdicts are remembered. */
  readonly fingerprint: string;
  readonly log: Logger;
}
