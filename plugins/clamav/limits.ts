// Owns what may be given to one clamd so that its "OK" still means "scanned". Pure.
import { type ClamdConf, parseClamdConf } from './clamd-conf.ts';
import type { ConfFile } from './conf-file.ts';
import type { GivenLimits } from './server-options.ts';

export interface ServerLimits {
  /** Scans at a time. */
  readonly maxConcurrent: number;
  /** Largest content of one scan. */
  readonly maxBytes: number;
  /** Octets of all parts of one message that are scanned by themselves. */
  readonly maxPartsBytes: number;
  /** An OK that took this long may mean that clamd gave up; undefined when clamd would say so. */
  readonly silentLimitMs: number | undefined;
}

/** Something the administrator should know. */
export interface Advice {
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

// clamd.conf(5), MaxFileSize: files of 2 GB and more cannot be scanned, also where no limit is set.
const absoluteMaxBytes = 2 ** 31 - 3;

/** What clamd has when its configuration says nothing. */
const assumed = parseClamdConf('');

export function limitsOf(given: GivenLimits, file: ConfFile | undefined): ServerLimits {
  const conf = file?.conf ?? assumed;
  const maxConcurrent = given.maxConcurrent ?? conf.maxThreads;
  const silentLimitMs = conf.alertsExceedsMax ? undefined : conf.maxScanMs;
  const maxPartsBytes = conf.maxScanBytes ?? absoluteMaxBytes;
  // What is known of clamd can only be lowered; what is merely assumed gives way.
  const ofClamd = largestMessage(conf);
  const maxBytes =
    file === undefined
      ? Math.min(given.maxStreamBytes ?? ofClamd, absoluteMaxBytes)
      : Math.min(given.maxStreamBytes ?? ofClamd, ofClamd);
  return { maxConcurrent, maxBytes, maxPartsBytes, silentLimitMs };
}

function largestMessage(conf: ClamdConf): number {
  // MaxScanSize counts a message and then its decoded parts again; clamd may keep silent about it.
  const half = Math.floor((conf.maxScanBytes ?? Infinity) / 2);
  const scanBytes = conf.alertsExceedsMax ? Infinity : half;
  return Math.min(
    conf.streamMaxBytes ?? Infinity,
    conf.maxFileBytes ?? Infinity,
    scanBytes,
    absoluteMaxBytes,
  );
}

export function warnings(
  limits: ServerLimits,
  file: ConfFile | undefined,
  scanTimeoutMs: number,
): Advice[] {
  const advices: Advice[] = [];
  if (file !== undefined && !file.conf.alertsExceedsMax) {
    advices.push({
      text: 'clamd calls content beyond its limits clean; add this line to its configuration',
      fields: { file: file.path, line: 'AlertExceedsMax yes' },
    });
  }
  if (file !== undefined && limits.maxConcurrent > file.conf.maxThreads) {
    advices.push({
      text: 'more scans at a time are allowed than clamd has threads; the rest waits in clamd',
      fields: {
        file: file.path,
        maxConcurrent: limits.maxConcurrent,
        MaxThreads: file.conf.maxThreads,
      },
    });
  }
  const { maxScanMs } = file?.conf ?? {};
  if (maxScanMs !== undefined && scanTimeoutMs <= maxScanMs) {
    advices.push({
      text: 'scan_timeout ends before MaxScanTime of clamd: a message that takes too long is deferred each time',
      fields: { file: file?.path, scanTimeoutMs, MaxScanTime: maxScanMs },
    });
  }
  return advices;
}
