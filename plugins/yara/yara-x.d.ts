// Owns the types of the few members of @virustotal/yara-x that this plugin uses. Those that the package
// ships need the types of a browser. test/plugins/yara/contract.test.ts runs them.
declare module '@virustotal/yara-x' {
  /** Objects live in the memory of the library until `free`. */
  export class Compiler {
    /** Throws an Error that shows where in the source it is. */
    addSource(source: string): void;
    newNamespace(name: string): void;
    build(): Rules;
    readonly warnings: string[];
    free(): void;
  }

  export interface Rules {
    scanner(): Scanner;
    free(): void;
  }

  export interface Scanner {
    scan(payload: Uint8Array): ScanResult;
    setMaxMatchesPerPattern(count: number): void;
    free(): void;
  }

  export interface ScanResult {
    /** False when the scan was given up. */
    readonly valid: boolean;
    readonly errors: readonly string[];
    readonly matches: readonly RuleMatch[];
  }

  export interface RuleMatch {
    readonly identifier: string;
    readonly namespace: string;
    readonly isPrivate: boolean;
    readonly tags: readonly string[];
    readonly metadata: readonly { readonly identifier: string; readonly value: unknown }[];
  }

  /** `module`: the octets of the WebAssembly module, which lies beside the package's main file. */
  export function initSync(input: { readonly module: Uint8Array }): unknown;
}
