// Owns the words that the plugin and its unpacking thread exchange: one question, one answer.

/** What the thread is started with. */
export interface UnpackingTask {
  readonly octets: Uint8Array;
  /** `stream`: a single compressed file, which is no archive. */
  readonly mode: 'archive' | 'stream';
  /** Memory of the library beside that of the thread. */
  readonly maxMemoryBytes: number;
}

export type UnpackingQuestion = 'next' | 'read';

export type UnpackingAnswer =
  | {
      readonly kind: 'entry';
      /** Undefined when the library cannot decode it. */
      readonly name: string | undefined;
      /** The low 32 bits of it. */
      readonly octets: number;
      readonly isFolder: boolean;
      readonly isEncrypted: boolean;
    }
  | { readonly kind: 'data'; readonly octets: Uint8Array }
  /** Of a file or of the archive. */
  | { readonly kind: 'end'; readonly problem: UnpackingProblem | undefined };

export interface UnpackingProblem {
  readonly kind: 'encrypted' | 'damaged';
  /** In the words of the library. */
  readonly reason: string;
}
