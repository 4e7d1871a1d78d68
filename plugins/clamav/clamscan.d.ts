// Owns the types of the few members of npm clamscan that clamd.ts uses; the package ships none.
// `_initSocket` and `_processResult` are private there, so its version is pinned exactly and
// test/plugins/clamav/contract.test.ts runs them against a real clamd.
declare module 'clamscan' {
  import type { Socket } from 'node:net';

  interface ClamdscanSettings {
    readonly socket?: string;
    readonly host?: string;
    readonly port?: number;
    /** Milliseconds for the connection, and of silence on it after which the package ends it. */
    readonly timeout: number;
    readonly localFallback: false;
    /** The clamdscan program; empty so that none is run. */
    readonly path: '';
    readonly bypassTest: true;
  }

  interface Settings {
    readonly preference: 'clamdscan';
    readonly clamscan: { readonly active: false };
    readonly clamdscan: ClamdscanSettings;
  }

  interface ScanResult {
    /** Null when the reply is neither `OK` nor `FOUND`. */
    readonly isInfected: boolean | null;
    readonly viruses: readonly string[];
  }

  class NodeClam {
    init(settings: Settings): Promise<NodeClam>;
    /** Resolves with its open socket once clamd has said PONG. */
    ping(): Promise<Socket>;
    /** Stays pending for ever when the connection breaks after it was made. */
    getVersion(): Promise<string>;
    /** Resolves once connected. */
    _initSocket(label: string): Promise<Socket>;
    /** An `ERROR` reply is returned as an Error, not thrown. */
    _processResult(reply: string): ScanResult | Error;
  }

  export = NodeClam;
}
