// Owns what a VERSION reply of clamd says. Pure.

export interface ClamdVersion {
  readonly engine: string;
  /** Undefined for a clamd that has only private databases. */
  readonly signatures: string | undefined;
  /** When the signatures were made; milliseconds since 1970. */
  readonly databaseTimeMs: number | undefined;
}

// `ClamAV 1.4.6/27500/date`; without an official database it is `ClamAV 1.4.6` alone.
const versionPattern = /^ClamAV ([\w.+~-]{1,64})(?:\/(\d{1,12})\/([^\n\0]*))?[\n\0]?$/;
// ctime(3): `Mon Nov  2 09:12:33 2026`.
const datePattern = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})$/;
const monthNames = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Undefined when it is no such reply. */
export function parseVersion(reply: string): ClamdVersion | undefined {
  const [, engine, signatures, date = ''] = versionPattern.exec(reply) ?? [];
  if (engine === undefined) return undefined;
  return { engine, signatures, databaseTimeMs: parseDate(date.trim()) };
}

/** clamd writes its local time without saying which; that of this machine is taken for it. */
function parseDate(text: string): number | undefined {
  const [, monthName = '', ...numbers] = datePattern.exec(text) ?? [];
  const month = monthNames.indexOf(monthName);
  const [day, hour, minute, second, year] = numbers.map(Number);
  if (month === -1 || year === undefined) return undefined;
  return new Date(year, month, day, hour, minute, second).getTime();
}

/** The part of a version on which verdicts depend; undefined when it does not tell the signatures. */
export function versionKey({ engine, signatures }: ClamdVersion): string | undefined {
  return signatures === undefined ? undefined : `${engine}/${signatures}`;
}
