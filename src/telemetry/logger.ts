// Owns the library that writes the log. Everything passes redact.ts first.
import type { Writable } from 'node:stream';
import { type DestinationStream, type Logger as Pino, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { LogFields, Logger } from '../base/log.ts';
import { DescriptorOutput } from './descriptor-output.ts';
import { GatheredLines } from './gathered-lines.ts';
import { escapeText, type RedactOptions, redactFields } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** `auto` is pretty on a terminal and JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'pretty';
  /** Standard output by default. */
  readonly destination?: Writable & { readonly isTTY?: boolean };
  /** Instead of a destination: one that is open already, for whole lines of others too. */
  readonly output?: LogOutput;
}

/** Takes lines in JSON, each with its end. */
export type LogOutput = DestinationStream;

export function openLogOutput({
  format,
  destination: stream,
}: Pick<LoggerOptions, 'format' | 'destination'>): LogOutput {
  const isTerminal = (stream ?? process.stdout).isTTY === true;
  const isPretty = format === 'pretty' || (format === 'auto' && isTerminal);
  return isPretty
    ? PinoPretty({
        colorize: isTerminal,
        destination: stream ?? process.stdout,
        translateTime: 'SYS:HH:MM:ss.l',
      })
    : (stream ?? standardOutput());
}

export function createLogger({ output, ...settings }: LoggerOptions): Logger {
  const { level } = settings;
  const options = {
    level,
    base: null,
    timestamp: timeMember,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return new RedactingLogger(pino(options, output ?? openLogOutput(settings)), {
    stacks: level === 'debug' ? 'shown' : 'hidden',
  });
}

function standardOutput(): LogOutput {
  const output = new DescriptorOutput(1);
  const lines = new GatheredLines(output);
  process.once('exit', () => output.end(lines.take()));
  return lines;
}

let second = Number.NaN;
let secondText = '';

/** Lines of one second share most of the text of their time. */
function timeMember(): string {
  const nowMs = Date.now();
  const milliseconds = nowMs % 1000;
  if (nowMs - milliseconds !== second) {
    second = nowMs - milliseconds;
    secondText = new Date(second).toISOString().slice(0, -'000Z'.length);
  }
  return `,"time":"${secondText}${milliseconds.toString().padStart(3, '0')}Z"`;
}

class RedactingLogger implements Logger {
  #pino: Pino;
  readonly #options: RedactOptions;
  /** What a child carries; most of them never write, so `#pino` gets it with the first line. */
  #carried: LogFields | undefined;

  constructor(inner: Pino, options: RedactOptions, carried?: LogFields) {
    this.#pino = inner;
    this.#options = options;
    this.#carried = carried;
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
    return new RedactingLogger(this.#getPino(), this.#options, fields);
  }

  #write(level: LogLevel, fields: LogFields, text: string): void {
    if (!this.#pino.isLevelEnabled(level)) return;
    this.#getPino()[level](redactFields(fields, this.#options), escapeText(text));
  }

  #getPino(): Pino {
    if (this.#carried !== undefined) {
      this.#pino = this.#pino.child(redactFields(this.#carried, this.#options));
      this.#carried = undefined;
    }
    return this.#pino;
  }
}
