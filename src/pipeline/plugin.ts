// Owns what the pipeline knows of a plugin that has been set up.
import type { Logger } from '../base/log.ts';
import type { PluginConfig } from '../config/schema.ts';
import type { PluginInstance } from '../plugin-api/define-plugin.ts';
import type { VerdictPolicy } from './policy.ts';
import type { RunningPlugin } from './running-plugin.ts';

export type PluginPolicy = Pick<PluginConfig, 'timeoutMs' | 'onError' | 'isShadow'> & VerdictPolicy;

export interface LoadedPlugin {
  /** Unique in the chain; stands in verdicts, headers and logs. */
  readonly name: string;
  readonly instance: PluginInstance;
  /** Counts the chains that have the instance. */
  readonly running: RunningPlugin;
  readonly policy: PluginPolicy;
  /** Of the plugin itself, for the audit trail. */
  readonly version: string;
  /** Digest of plugin and options: part of the key under which its verdicts are remembered. */
  readonly fingerprint: string;
  readonly log: Logger;
}
