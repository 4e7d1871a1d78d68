// Owns what the learners see of a message: numbers, in groups that are weighed apart.

/**
 * `grams`: pieces of four characters. `words`: words and pairs of words near each other, of the
 * subject and the beginning of the texts. `tail`: the same of the end of long texts. `traits`: words
 * of the header with their field, hosts of links, HTML and MIME. `shape`: how the header was
 * written, which tells the programs that wrote it.
 */
export type FeatureGroup = 'grams' | 'words' | 'tail' | 'traits' | 'shape';

export type GroupedFeatures = Readonly<Record<FeatureGroup, Uint32Array>>;

export interface Features extends GroupedFeatures {
  /**
   * Of a long text: the message as if it had only one stretch of it. Words that somebody else would
   * write, put above or below, cannot water down what stands in the other stretches.
   */
  readonly windows: readonly GroupedFeatures[];
  /** Of a long text: the message with none of it, but for its links and its make. */
  readonly textless: GroupedFeatures | undefined;
  /** What these features are in the message, for people; reads the message once more. */
  describe(wanted: ReadonlySet<number>): ReadonlyMap<number, string>;
}
