// Owns whether a server has one of the keys that it is known by. Only its own key counts, not that of an
// authority: a list of authorities is what `ca` is for.
import { hash, type X509Certificate } from 'node:crypto';

/** RFC 7469 s.2.4: of the SubjectPublicKeyInfo, so that a renewed certificate with the same key fits. */
export function pinOf({ publicKey }: X509Certificate): string {
  const info = publicKey.export({ type: 'spki', format: 'der' });
  return `sha256/${hash('sha256', info, 'base64')}`;
}

interface Peer {
  getPeerX509Certificate(): X509Certificate | undefined;
}

/** For `inspect` of a connection: throws PinnedKeyError. */
export function checkPinnedKey(pins: readonly string[]): (peer: Peer) => void {
  return (peer) => {
    const certificate = peer.getPeerX509Certificate();
    const seen = certificate === undefined ? undefined : pinOf(certificate);
    if (seen === undefined || !pins.includes(seen)) throw new PinnedKeyError(seen);
  };
}

/** The server has another key. */
export class PinnedKeyError extends Error {
  readonly code = 'PINNED_KEY_MISMATCH';
  /** As a pin would be written, for whoever finds that it is the right one. */
  readonly seen: string | undefined;

  constructor(seen: string | undefined) {
    super('the server has none of the pinned keys');
    this.name = 'PinnedKeyError';
    this.seen = seen;
  }
}
