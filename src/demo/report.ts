// Owns the look of the demo's result: plain text within 100 columns. It decides nothing.

export interface ReportRow {
  readonly message: string;
  readonly description: string;
  readonly listedOctets: number | undefined;
  /** Undefined when the message did not arrive. */
  readonly sentOctets: number | undefined;
  readonly verdict: string;
  readonly action: string;
  readonly durationMs: number;
}

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly maxWidth: number;
  show(row: ReportRow): string;
}

// Widths add up to 94; 6 gaps of one blank make 100.
const columns: readonly Column[] = [
  { title: 'message', align: 'left', maxWidth: 16, show: (row) => row.message },
  { title: 'what it is', align: 'left', maxWidth: 30, show: (row) => row.description },
  { title: 'listed', align: 'right', maxWidth: 8, show: (row) => count(row.listedOctets) },
  { title: 'sent', align: 'right', maxWidth: 8, show: (row) => count(row.sentOctets) },
  { title: 'verdict', align: 'left', maxWidth: 20, show: (row) => row.verdict },
  { title: 'action', align: 'left', maxWidth: 7, show: (row) => row.action },
  { title: 'ms', align: 'right', maxWidth: 5, show: (row) => count(Math.round(row.durationMs)) },
];

function count(value: number | undefined): string {
  return value === undefined ? '-' : String(value);
}

/** The table, one line per message, each line with its line end. */
export function formatTable(rows: readonly ReportRow[]): string {
  const widths = columns.map(({ title, maxWidth, show }) => {
    const longest = Math.max(title.length, ...rows.map((row) => show(row).length));
    return Math.min(longest, maxWidth);
  });
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) => fit(cells[i] ?? '', widths[i] ?? 0, align))
      .join(' ')
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map((row) => line(columns.map(({ show }) => show(row)))),
    '',
  ].join('\n');
}

function fit(text: string, width: number, align: 'left' | 'right'): string {
  const short = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return align === 'left' ? short.padEnd(width) : short.padStart(width);
}

export interface ReportSummary {
  readonly deliveredCount: number;
  readonly replacedCount: number;
  readonly problems: readonly string[];
  /** Where clamd answered; undefined when none was found. */
  readonly clamd: string | undefined;
  readonly auditFile: string;
  readonly quarantineFolder: string;
  readonly configFile: string;
  readonly logFile: string;
}

/** What stands below the table. */
export function formatSummary(summary: ReportSummary): string {
  const { problems } = summary;
  const scanner =
    summary.clamd === undefined
      ? 'No clamd was found: the built-in EICAR check and attachment policy protected alone.'
      : `clamd at ${summary.clamd} took part, besides the built-in EICAR check and attachment policy.`;
  const result =
    problems.length === 0
      ? 'Everything came out as it should.'
      : ['Not as it should be:', ...problems.map((problem) => `  - ${problem}`)].join('\n');
  return [
    `${summary.deliveredCount} delivered, ${summary.replacedCount} replaced by a notice; TLS on both legs, certificates verified.`,
    scanner,
    '',
    `Audit log      ${summary.auditFile}`,
    `Quarantine     ${summary.quarantineFolder}`,
    `Configuration  ${summary.configFile}`,
    `Log            ${summary.logFile}`,
    '',
    result,
    '',
  ].join('\n');
}
