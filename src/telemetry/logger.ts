// Owns the library that writes the log. Everything passes redact.ts first.
import type { Writable } from 'node:stream';
import {
  type DestinationStream,
  destination,
  type Logger as Pino,
  pino,
  stdTimeFunctions,
} from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { LogFields, Logger } from '../base/log.ts';
import { escapeText, type RedactOptions, redactFields } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** `auto` is pretty on a terminal and JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'pretty';
  /** Standard output by default. */
  readonly destination?: Writable & { readonly isTTY?: boolean };
}

// A reader of the log that stalls must not stall mail: beyond this many octets lines are dropped.
const maxPendingBytes = 8 * 1024 * 1024;

export function createLogger({ level, format, destination: stream }: LoggerOptions): Logger {
  const isTerminal = (stream ?? process.stdout).isTTY === true;
  const isPretty = format === 'pretty' || (format === 'auto' && isTerminal);
  const output: DestinationStream = isPretty
    ? PinoPretty({
        colorize: isTerminal,
        destination: stream ?? process.stdout,
        translateTime: 'SYS:HH:MM:ss.l',
      })
    : (stream ?? destination({ dest: 1, sync: false, maxLength: maxPendingBytes }));
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return new RedactingLogger(pino(options, output), {
    stacks: level === 'debug' ? 'shown' : 'hidden',
  });
}

class RedactingLogger implements Logger {
  readonly #pino: Pino;
  readonly #options: RedactOptions;

  constructor(inner: Pino, options: RedactOptions) {
    this.#pino = inner;
    this.#options = options;
  }

  debug(fields: LogFields, text: string): void {
    this.#write('debug', fields, text);
  }

  info(fields: LogFields, text: string): void {
    this.#write('info', fields, text);
  }

  warn(fields: LogFields, text: string): void {
    this.#write('warn', fields, text);
  }

  error(fields: LogFields, text: string): void {
    this.#write('error', fields, text);
  }

  child(fields: LogFields): Logger {
    return new RedactingLogger(
      this.#pino.child(redactFields(fields, this.#options)),
      this.#options,
    );
  }

  #write(level: LogLevel, fields: LogFields, text: string): void {
    if (!this.#pino.isLevelEnabled(level)) return;
    this.#pino[level](redactFields(fields, this.#options), escapeText(text));
  }
}
