// Owns a logger that keeps what it is told.
import type { LogFields, Logger } from '../../src/base/log.ts';

export interface Recorded {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: LogFields;
  readonly text: string;
}

export interface RecordingLogger extends Logger {
  readonly lines: readonly Recorded[];
}

export function recordingLogger(
  lines: Recorded[] = [],
  inherited: LogFields = {},
): RecordingLogger {
  const at =
    (level: Recorded['level']) =>
    (fields: LogFields, text: string): void => {
      lines.push({ level, fields: { ...inherited, ...fields }, text });
    };
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => recordingLogger(lines, { ...inherited, ...fields }),
  };
}
