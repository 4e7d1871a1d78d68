// Owns what a check-up says about one thing, and what a plugin is given to look after itself.
import type { Clock } from '../base/clock.ts';

/**
 * One sentence on what was found, without a full stop. Whoever finds something wrong says what to do
 * about it, in a sentence of its own.
 */
export type Diagnosis =
  | {
      /** `skipped`: it could not be looked at here and now, which is nobody's fault. */
      readonly level: 'ok' | 'skipped';
      readonly found: string;
    }
  | {
      /** `fail`: mail does not pass as the configuration wants it. `warn`: it does, but will not for long. */
      readonly level: 'warn' | 'fail';
      readonly found: string;
      readonly advice: string;
    };

/**
 * What `check` of a plugin is given. It may run beside a proxy that serves with the same options, and as
 * another user: it must not write where that one writes, nor take anything away from it.
 */
export interface CheckServices {
  readonly clock: Clock;
  /** Aborts when the answer comes too late to be printed. */
  readonly signal: AbortSignal;
  /** A path from the options, relative to the folder of the configuration file. */
  resolvePath(path: string): string;
}
