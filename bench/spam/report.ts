// Owns the shape of what a run found: the same in memory, in the JSON file and in the tables.
import type { FilterFigures } from './measure.ts';

export interface ProtocolFigures {
  readonly protocol: string;
  readonly title: string;
  readonly ham: number;
  readonly spam: number;
  readonly filters: readonly FilterFigures[];
}

export interface EvasionFigures {
  readonly evasion: string;
  readonly title: string;
  /** Share of the spam that is still caught, by name of the filter. */
  readonly caughtPercent: Readonly<Record<string, number>>;
}

export interface EvasionReport {
  /** How many messages were disguised. */
  readonly spam: number;
  /** How much ham the thresholds were allowed to cost. */
  readonly hamMissedPercent: number;
  readonly evasions: readonly EvasionFigures[];
}

export interface MeasuredFilter {
  readonly name: string;
  readonly version: string;
  readonly setup: string;
}

export interface SpamReport {
  readonly format: 1;
  readonly takenAt: string;
  readonly size: 'quick' | 'full';
  /** `spam-dev`, or `invented` where the figures mean nothing. */
  readonly collection: string;
  readonly messages: number;
  readonly loadBefore: number;
  readonly machine: { readonly processor: string; readonly cores: number; readonly node: string };
  readonly filters: readonly MeasuredFilter[];
  readonly protocols: readonly ProtocolFigures[];
  readonly evasions?: EvasionReport;
}

/** Checks only what could be mistaken: that the file is a report of this format. */
export function parseSpamReport(text: string): SpamReport {
  const content: unknown = JSON.parse(text);
  if (!isReport(content)) throw new TypeError('not a report of this bench, format 1');
  return content;
}

function isReport(content: unknown): content is SpamReport {
  if (typeof content !== 'object' || content === null) return false;
  if (!('format' in content && 'protocols' in content)) return false;
  return content.format === 1 && Array.isArray(content.protocols);
}
