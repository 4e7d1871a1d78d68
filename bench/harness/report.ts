// Owns the shape of what a run found: the same in memory, in the JSON file and in the tables.
import { type Summary, summarise } from './statistics.ts';

export type Unit = 'ms' | 's' | 'KB' | 'MB' | 's/GB' | '/s' | 'MB/s' | 'count';

export interface FigureKind {
  readonly key: string;
  readonly title: string;
  readonly unit: Unit;
}

export interface Row {
  readonly peer: string;
  /** By key of the figure; a figure that was not measured is missing. */
  readonly figures: Readonly<Record<string, Summary>>;
  /** What a reader has to know of this row, such as a deadline that was missed. */
  readonly note?: string;
}

export interface Target {
  readonly text: string;
  readonly atMost: number;
  /** Undefined when one of the peers was not there. */
  readonly measured?: number;
  readonly state: 'met' | 'missed' | 'not measured';
}

export interface Table {
  /** Unique within a report. */
  readonly name: string;
  readonly title: string;
  readonly figures: readonly FigureKind[];
  /** Key of the figure that is held against other peers. */
  readonly main: string;
  /** Peers that the main figure is held against, where they are among the rows. */
  readonly bases: readonly string[];
  readonly rows: readonly Row[];
  readonly targets: readonly Target[];
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly kernel: string;
  readonly node: string;
  /** Versions of the peers, by name. */
  readonly peers: Readonly<Record<string, string>>;
}

export interface Report {
  readonly format: 1;
  readonly takenAt: string;
  readonly size: 'quick' | 'full';
  /** Average load of the machine when the run began: above the number of cores, all is noise. */
  readonly loadBefore: number;
  readonly machine: Machine;
  readonly tables: readonly Table[];
}

/** Samples of one round, by key of the figure. */
export type Sample = Readonly<Record<string, number>>;

export function toRow(peer: string, samples: readonly Sample[], notes: readonly string[]): Row {
  const keys = new Set(samples.flatMap((sample) => Object.keys(sample)));
  const figures: Record<string, Summary> = {};
  for (const key of keys) {
    const values = samples.map((sample) => sample[key]).filter((value) => value !== undefined);
    figures[key] = summarise(values);
  }
  const note = [...new Set(notes)].join('; ');
  return note === '' ? { peer, figures } : { peer, figures, note };
}

export function figureOf(
  table: Pick<Table, 'rows'>,
  peer: string,
  key: string,
): Summary | undefined {
  return table.rows.find((row) => row.peer === peer)?.figures[key];
}

/** Checks only what could be mistaken: that the file is a report of this format. */
export function parseReport(text: string): Report {
  const content: unknown = JSON.parse(text);
  if (!isReport(content)) throw new TypeError('not a report of this bench, format 1');
  return content;
}

function isReport(content: unknown): content is Report {
  if (typeof content !== 'object' || content === null) return false;
  if (!('format' in content && 'tables' in content)) return false;
  return content.format === 1 && Array.isArray(content.tables);
}
