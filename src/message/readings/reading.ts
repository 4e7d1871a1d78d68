// Owns what another reading of a stretch of octets is: a header, and the steps to what stands below it.
// Both together are read by the standard walk, so that a reader is modelled by what is put before it.
import { newId } from '../../base/ids.ts';
import type { AmbiguityKind } from '../ambiguity.ts';
import type { Stage } from './stage.ts';

export interface Reading {
  /** A header block with its blank line; empty where the octets bring a header of their own. */
  readonly header: Buffer;
  /** Where the octets lie in what was searched. */
  readonly start: number;
  readonly end: number;
  readonly stages: readonly Stage[];
}

export interface Finding {
  readonly kind: AmbiguityKind;
  /** Of the part concerned. */
  readonly path: string;
  readonly depth: number;
  readonly readings: readonly Reading[];
}

/** Divides what is put together here. Nobody can guess it and write it into a message. */
export const madeBoundary = `other-reading-${newId()}`;

/** A header of our own making; values are octets as latin1. */
export function writeHeader(...fields: readonly string[]): Buffer {
  return Buffer.from(`${fields.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** A header for a file that was found under these names. */
export function fileHeader(names: readonly string[]): Buffer {
  const dispositions = names
    .filter((name) => name !== '')
    .map((name) => `Content-Disposition: attachment; filename*=utf-8''${percentEncoded(name)}`);
  return writeHeader('Content-Type: application/octet-stream', ...dispositions);
}

function percentEncoded(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
}
