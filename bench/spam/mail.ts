// Owns what a labelled message is to the bench.

export type Label = 'ham' | 'spam';

export interface Mail {
  /** Path inside its collection; names the message in files of results. */
  readonly path: string;
  readonly label: Label;
  readonly source: string;
  readonly octets: Buffer;
}

/** Messages in the order of their index, and where they come from. */
export interface Collection {
  readonly name: string;
  readonly mails: readonly Mail[];
}
