// Owns the reading of a clamd.conf: the few settings on which it depends whether "OK" means scanned.
// Pure.

/** Limits of a clamd. Undefined is "no limit", which clamd.conf writes as 0. */
export interface ClamdConf {
  readonly maxThreads: number;
  readonly streamMaxBytes: number | undefined;
  readonly maxFileBytes: number | undefined;
  readonly maxScanBytes: number | undefined;
  readonly maxScanMs: number | undefined;
  /** Without it, content beyond a limit is called OK. */
  readonly alertsExceedsMax: boolean;
  readonly localSocket: string | undefined;
}

const unitBytes: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

// clamd.conf(5) of ClamAV 1.4.
const defaults = {
  maxThreads: 10,
  streamMaxBytes: 100 * 1024 ** 2,
  maxFileBytes: 100 * 1024 ** 2,
  maxScanBytes: 400 * 1024 ** 2,
  maxScanMs: 120_000,
} as const;

/** Settings that are missing, or written so that clamd would not start with them, have clamd's defaults. */
export function parseClamdConf(text: string): ClamdConf {
  const settings = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, keyword, value] = /^\s*([A-Za-z0-9]+)\s+"?([^"]*?)"?\s*$/.exec(line) ?? [];
    if (keyword !== undefined && value !== undefined) settings.set(keyword, value);
  }
  const limit = (keyword: string, fallback: number): number | undefined => {
    const value = amount(settings.get(keyword)) ?? fallback;
    return value === 0 ? undefined : value;
  };
  return {
    maxThreads: limit('MaxThreads', defaults.maxThreads) ?? defaults.maxThreads,
    streamMaxBytes: limit('StreamMaxLength', defaults.streamMaxBytes),
    maxFileBytes: limit('MaxFileSize', defaults.maxFileBytes),
    maxScanBytes: limit('MaxScanSize', defaults.maxScanBytes),
    maxScanMs: limit('MaxScanTime', defaults.maxScanMs),
    alertsExceedsMax: /^(?:yes|true|1)$/i.test(settings.get('AlertExceedsMax') ?? ''),
    localSocket: settings.get('LocalSocket'),
  };
}

function amount(value: string | undefined): number | undefined {
  const [, digits, unit] = /^(\d{1,12})([KMG]?)$/i.exec(value ?? '') ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  return Number(digits) * (unitBytes[unit.toUpperCase()] ?? Number.NaN);
}
