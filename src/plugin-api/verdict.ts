// Owns the words in which a plugin says what it found. What happens then is the administrator's policy.

/** Nothing found. */
export interface PassVerdict {
  readonly kind: 'pass';
}

/** Worth noting, not worth stopping: the message is delivered and carries the label. */
export interface FlagVerdict {
  readonly kind: 'flag';
  /** Short and stable, for headers and the audit log: `macro-document`. */
  readonly label: string;
  readonly evidence?: string;
}

/** The message must not reach the client as it is. */
export interface BlockVerdict {
  readonly kind: 'block';
  /** What was found, short and stable: `Eicar-Test-Signature`, `double-extension`. */
  readonly finding: string;
  /** A sentence for the reader of the notice. */
  readonly explanation?: string;
  /** Name of the message part concerned, as the sender wrote it. */
  readonly part?: string;
  /** What gave it away, for the audit trail: `vbaProject.bin in report.docm`. */
  readonly evidence?: string;
  /**
   * Paths of all parts concerned. With them the plugin vouches that the message without these parts is
   * acceptable to it; without them the policy `strip` replaces the whole message.
   */
  readonly paths?: readonly string[];
}

/** No judgement is possible now; the client is told to come back. */
export interface TempfailVerdict {
  readonly kind: 'tempfail';
  readonly reason: string;
}

/** One ground for a score. */
export interface ScoreReason {
  /** Short and stable: `display-name-brand`, `BAYES_99`, `word:invoice`. */
  readonly name: string;
  /** What it adds to the score. */
  readonly logOdds: number;
  /** For people: `"unclaimed funds" in the text`. */
  readonly text?: string;
}

/**
 * How much a message looks like spam to one engine. It decides nothing by itself: the scores of all
 * engines are combined, and `spam` in the configuration says what is done. Only a plugin that has
 * `givesScores` may return it.
 */
export interface ScoreVerdict {
  readonly kind: 'score';
  /** Natural logarithm of the odds that it is spam: 0 says nothing, 3 is 95 %, -3 is 5 %. Cut to ±20. */
  readonly logOdds: number;
  /** Weightiest first; at most 20 are kept. */
  readonly reasons: readonly ScoreReason[];
  /** Decides alone, whatever other engines say: the reader has blocked or allowed the sender. */
  readonly isFinal?: boolean;
}

export type Verdict = PassVerdict | FlagVerdict | BlockVerdict | ScoreVerdict | TempfailVerdict;

const passed: PassVerdict = Object.freeze({ kind: 'pass' });

export function pass(): PassVerdict {
  return passed;
}

export function flag(label: string, evidence?: string): FlagVerdict {
  return evidence === undefined ? { kind: 'flag', label } : { kind: 'flag', label, evidence };
}

export function block(
  finding: string,
  about: Omit<BlockVerdict, 'kind' | 'finding'> = {},
): BlockVerdict {
  return { kind: 'block', finding, ...about };
}

export function score(
  logOdds: number,
  reasons: readonly ScoreReason[] = [],
  { isFinal }: Pick<ScoreVerdict, 'isFinal'> = {},
): ScoreVerdict {
  const verdict = { kind: 'score', logOdds, reasons } as const;
  return isFinal === undefined ? verdict : { ...verdict, isFinal };
}

export function tempfail(reason: string): TempfailVerdict {
  return { kind: 'tempfail', reason };
}
