// Owns messages that carry the EICAR test string in the ways in which mail can carry a file, and the
// same wrappings with harmless content. Which of them a scanner finds is for the scanner to say.
import { assembleEicar } from '../../src/demo/eicar.ts';
import { boundaryCases } from './ambiguous/boundaries.ts';
import type { AmbiguousMessage } from './ambiguous/case.ts';
import { contentCases } from './ambiguous/contents.ts';
import { headerCases } from './ambiguous/headers.ts';
import { archiveWrappings, encryptedWrappings } from './wrappings/archives.ts';
import { documentWrappings } from './wrappings/documents.ts';
import { largeWrappings } from './wrappings/large.ts';
import { lookAlikes } from './wrappings/look-alikes.ts';
import { messageWrappings, pieceWrappings } from './wrappings/messages.ts';
import { nameWrappings, plainWrappings } from './wrappings/plain.ts';
import type { Wrapping } from './wrappings/wrapping.ts';

/** A message, and what it is called in the document. */
export interface Variant {
  readonly topic: string;
  readonly name: string;
  /** Made anew at each call: the largest have 100 MB. */
  octets(): Buffer;
  /** Roughly, where it is much. */
  readonly megabytes?: number;
}

const wrappingsByTopic: Readonly<Record<string, readonly Wrapping[]>> = {
  'Ordinary forms': plainWrappings,
  'File names': nameWrappings,
  'Messages in messages': messageWrappings,
  'Pieces and rare encodings': pieceWrappings,
  'Archives and compressed files': archiveWrappings,
  'Encrypted archives': encryptedWrappings,
  Documents: documentWrappings,
  'At the end of large messages': largeWrappings,
};

const ambiguousByTopic: Readonly<Record<string, () => readonly AmbiguousMessage[]>> = {
  'Headers that programs read differently': headerCases,
  'Boundaries that programs read differently': boundaryCases,
  'Content that programs read differently': contentCases,
};

// As long as the test string.
const harmless = Buffer.from(
  'X Nothing in here is harmful: 68 octets of a text in one line. $H+H*',
);

/** The test string in every wrapping. */
export function eicarVariants(): Variant[] {
  return [...wrapped(Buffer.from(assembleEicar())), ...ambiguousVariants()];
}

/**
 * The same wrappings with a harmless text, as far as they can be had with another content, and none
 * of the largest ones.
 */
export function harmlessVariants(): Variant[] {
  return wrapped(harmless).filter(({ megabytes = 0 }) => megabytes < 100);
}

/** Harmless mail that resembles what is in the lists above. */
export function lookAlikeVariants(): Variant[] {
  return lookAlikes.map(({ name, octets }) => ({
    topic: 'Harmless mail that looks odd',
    name,
    octets: () => octets,
  }));
}

function wrapped(content: Buffer): Variant[] {
  return Object.entries(wrappingsByTopic).flatMap(([topic, wrappings]) =>
    wrappings.map(({ name, wrap, megabytes = 0 }) => ({
      topic,
      name,
      megabytes,
      octets: () => wrap(content),
    })),
  );
}

/**
 * Those in which the test string is; others stand for content that nobody here can see. Servers that
 * keep mail in files send a lone LF as CRLF, so that a message which needs one never arrives.
 */
function ambiguousVariants(): Variant[] {
  return Object.entries(ambiguousByTopic).flatMap(([topic, cases]) =>
    cases()
      .filter(({ shownBy, octets }) => shownBy !== 'nothing' && !hasLoneLf(octets))
      .map(({ name, octets }) => ({ topic, name, octets: () => octets })),
  );
}

function hasLoneLf(octets: Buffer): boolean {
  return /(?<!\r)\n/.test(octets.toString('latin1'));
}
