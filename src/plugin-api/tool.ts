// Owns what a plugin offers on the command line, to whoever configures it.
import type { Clock } from '../base/clock.ts';
import type { MessageView } from './message-view.ts';

export interface ToolServices {
  readonly clock: Clock;
  /** One line on the standard output. */
  print(line: string): void;
  /** The octets of a file; a path from the command line starts at the working folder. */
  readFile(path: string): Promise<Buffer>;
  /** The message as an inspector sees it, in a made-up session of that user. */
  withMessage<T>(
    octets: Buffer,
    user: string,
    work: (message: MessageView) => Promise<T>,
  ): Promise<T>;
  /** A path from the options, relative to the folder of the configuration file. */
  resolvePath(path: string): string;
}

/**
 * Work by hand, without `setup` and without a proxy. `failed` makes the exit code 1; what is thrown is
 * told like any failure.
 */
export type PluginTool<Options> = (
  args: readonly string[],
  options: Options,
  services: ToolServices,
) => Promise<'done' | 'failed'>;
