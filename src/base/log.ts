// Owns the type of a logger, so that no room but telemetry/ knows which library writes the log.

export type LogFields = Readonly<Record<string, unknown>>;

/** Text is constant, facts are fields, secrets never appear. */
export interface Logger {
  debug(fields: LogFields, text: string): void;
  info(fields: LogFields, text: string): void;
  warn(fields: LogFields, text: string): void;
  error(fields: LogFields, text: string): void;
  child(fields: LogFields): Logger;
}

/** A logger that drops everything; for tests and for tools that print their own results. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
