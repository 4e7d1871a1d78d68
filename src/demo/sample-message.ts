// Owns what a sample message is. It holds none.

/** What a correct proxy makes of a message. */
export type Expectation =
  /**
   * Reaches the client with an identical body and all its header fields, except `removedFields`:
   * forged copies of fields that only the proxy may write. Fields may have been added. `tag`: one of
   * them says what was found.
   */
  | {
      readonly kind: 'delivered';
      readonly action: 'pass' | 'tag';
      readonly removedFields: readonly string[];
    }
  /**
   * Reaches the client as a notice without `contraband`, a stretch of the original that must not
   * get through; the original lies in the quarantine.
   */
  | { readonly kind: 'replaced'; readonly contraband: string };

export interface SampleMessage {
  /** Short and unique; also the UIDL. */
  readonly name: string;
  readonly description: string;
  readonly expectation: Expectation;
  /** As stored: CRLF line ends, not dot-stuffed. */
  readonly content: Buffer;
}
