// Owns the report on TLS: what of the record is shown, in which order, and how. The record is read while
// the proxy runs, or when it does not.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { AppError, explain } from '../base/errors.ts';
import { loadConfig } from '../config/load.ts';
import { parseDuration } from '../config/units.ts';
import {
  openTlsUses,
  type TlsReportRow,
  type TlsSubject,
  tlsUsesFile,
} from '../stores/tls-uses.ts';
import { findConfigFile } from './config-file.ts';
import { CliError, exitCodes } from './failure.ts';
import { type Column, jsonLine, minuteOf, tableLines } from './table.ts';

export interface TlsReportOptions {
  readonly config?: string;
  readonly by: TlsSubject;
  readonly olderThan?: string;
  readonly plain?: boolean;
  readonly since?: string;
  readonly limit?: string;
  readonly json?: boolean;
}

/** The oldest first; `none` is no TLS at all. */
const tlsVersions: readonly string[] = ['none', 'SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** What is asked for, line by line. */
export async function tlsReport(options: TlsReportOptions): Promise<string[]> {
  const { config } = await loadConfig(await findConfigFile(options.config));
  const file = join(config.state.folder, tlsUsesFile);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    const why = config.tlsReport.isEnabled
      ? 'the proxy makes it when it starts'
      : 'tls_report.enabled is false';
    throw reportError(`There is no record of TLS in ${file} yet: ${why}.`);
  }
  const rows = selectRows(read(file, options), options);
  return options.json === true
    ? rows.map((row) => rowJson(options.by, row))
    : tableLines(columnsOf(options.by), rows);
}

/** The oldest version first, and of each the most used first. */
export function selectRows(
  rows: readonly TlsReportRow[],
  { olderThan, plain, limit }: Pick<TlsReportOptions, 'olderThan' | 'plain' | 'limit'>,
): TlsReportRow[] {
  const before = plain === true ? 'SSLv3' : olderThan;
  const below = before === undefined ? Number.POSITIVE_INFINITY : ageOf(before);
  return rows
    .filter(({ protocol }) => ageOf(protocol) < below)
    .toSorted((a, b) => ageOf(a.protocol) - ageOf(b.protocol) || b.sessions - a.sessions)
    .slice(0, limit === undefined ? undefined : countIn(limit));
}

export function rowJson(by: TlsSubject, row: TlsReportRow): string {
  const { subject, door, others, firstMs, lastMs, ...facts } = row;
  return jsonLine({
    [by]: subject,
    [by === 'upstream' ? 'route' : 'listener']: door,
    ...facts,
    [by === 'account' ? 'clients' : 'accounts']: others,
    firstSeen: new Date(firstMs).toISOString(),
    lastSeen: new Date(lastMs).toISOString(),
  });
}

export function columnsOf(by: TlsSubject): readonly Column<TlsReportRow>[] {
  return [
    { title: by.toUpperCase(), maxWidth: 48, show: ({ subject }) => subject },
    { title: 'TLS', maxWidth: 8, show: ({ protocol }) => protocol },
    { title: 'MODE', maxWidth: 8, show: ({ mode }) => mode },
    { title: 'CIPHER', maxWidth: 32, show: ({ cipher }) => (cipher === '' ? '-' : cipher) },
    {
      title: by === 'upstream' ? 'ROUTE' : 'LISTENER',
      maxWidth: 24,
      show: ({ door }) => door,
    },
    {
      title: by === 'account' ? 'CLIENTS' : 'ACCOUNTS',
      maxWidth: 8,
      show: ({ others }) => String(others),
    },
    { title: 'SESSIONS', maxWidth: 12, show: ({ sessions }) => String(sessions) },
    { title: 'LAST SEEN', maxWidth: 16, show: ({ lastMs }) => minuteOf(lastMs) },
  ];
}

/** A version that is not known is newer than all. */
function ageOf(version: string): number {
  const age = tlsVersions.indexOf(version);
  return age === -1 ? tlsVersions.length : age;
}

function read(file: string, { by, since }: TlsReportOptions): TlsReportRow[] {
  try {
    const uses = openTlsUses(file, systemClock);
    try {
      return uses.report(by, since === undefined ? 0 : systemClock.nowMs() - durationIn(since));
    } finally {
      uses.close();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw reportError(`postern report: ${explain(error)}`);
  }
}

function durationIn(text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return durationMs;
  throw reportError(`--since: expected a duration such as 12h or 7d, got ${text}`);
}

function countIn(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw reportError(`--limit: expected a number above 0, got ${text}`);
}

function reportError(line: string): CliError {
  return new CliError([line], exitCodes.configuration);
}
