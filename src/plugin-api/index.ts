// The whole public surface for plugin authors. Anything not exported here may change without notice.
export { z } from 'zod';
export type { Logger } from '../base/log.ts';
export { Turns } from '../base/turns.ts';
export type * from './context.ts';
export {
  definePlugin,
  type PluginDefinition,
  type PluginInstance,
  type PluginServices,
} from './define-plugin.ts';
export {
  type BlockVerdict,
  block,
  type FlagVerdict,
  flag,
  type PassVerdict,
  pass,
  type TempfailVerdict,
  tempfail,
  type Verdict,
} from './verdict.ts';
