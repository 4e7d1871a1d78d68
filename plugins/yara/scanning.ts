// Owns what is said between the proxy and the thread that scans.

export interface RuleSource {
  /** As written in the options, or found by a pattern there: for messages, and as the rules' namespace. */
  readonly file: string;
  readonly text: string;
}

export interface ScanningTask {
  readonly sources: readonly RuleSource[];
  readonly maxMemoryBytes: number;
}

/** Where the compiler has something to say. */
export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** A rule that matched. */
export interface Match {
  readonly rule: string;
  readonly file: string;
  /** Of `meta: postern = "..."`. */
  readonly meta: string | undefined;
  readonly tags: readonly string[];
}

/** The first word of the thread, or its answer to one content. */
export type ScanningAnswer =
  | { readonly kind: 'ready'; readonly warnings: readonly Complaint[] }
  /** The rules cannot be used. */
  | { readonly kind: 'refused'; readonly complaint: Complaint }
  /** `untold`: how many rules have matched beside these. */
  | { readonly kind: 'scanned'; readonly matches: readonly Match[]; readonly untold: number }
  | { readonly kind: 'failed'; readonly reason: string };
