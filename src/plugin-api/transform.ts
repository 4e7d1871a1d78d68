// Owns what a plugin may change of a message on its way to the client.
import type { HeaderReader, MessagePart, MessageView } from './message-view.ts';
import type { NamedVerdict, SpamAssessment } from './observation.ts';

/** Edits to the header of the message on its way to the client. Untouched fields keep their octets. */
export interface HeaderEditor extends HeaderReader {
  /** Adds a field above all others. Throws when name or value cannot be a header field. */
  add(name: string, value: string): void;
  /** Replaces the value of the first field of that name, in place; adds the field if there is none. */
  replace(name: string, value: string): void;
  /** Removes all fields of that name, or those whose value matches; returns how many. */
  remove(name: string, where?: (value: string) => boolean): number;
}

/** A part that a plugin writes. Encoded and given its header by Postern. */
export interface NewPart {
  /** `text/plain`, `text/html`, `application/pdf`. Text is UTF-8. */
  readonly contentType: string;
  readonly content: string | Buffer;
  readonly fileName?: string;
  /** By default `inline` for text without a file name, else `attachment`. */
  readonly disposition?: 'inline' | 'attachment';
}

/**
 * Edits to the MIME tree. Parts that are not edited keep every octet, and of a message whose body no
 * plugin touches not even the tree is looked at. Paths are those of `parts()`.
 */
export interface BodyEditor {
  /** The tree as the edits so far have left it, in order, content decoded. */
  parts(): AsyncIterable<MessagePart>;
  /**
   * Text of a text/* leaf, its charset decoded; undefined for other parts, for charsets that are not
   * known, and above `maxBytes` (1 MB by default).
   */
  text(path: string, maxBytes?: number): Promise<string | undefined>;
  /** Replaces the text of a text/* leaf, which becomes UTF-8 and keeps its other header fields. */
  setText(path: string, text: string): Promise<void>;
  /** Puts another part in the place of this one (and of its children). */
  replace(path: string, part: NewPart): Promise<void>;
  /** Takes out a part and its children. The message itself (`1`) becomes an empty text. */
  drop(path: string): Promise<void>;
  /**
   * Adds a part behind the last one. A message that is not multipart/mixed becomes so, with its former
   * content as the first part.
   */
  add(part: NewPart): Promise<void>;
  /**
   * Whether editing this part would break a signature or an encryption around it (multipart/signed,
   * multipart/encrypted, S/MIME). The editor lets you; mail programs will complain.
   */
  isSealed(path: string): Promise<boolean>;
}

/**
 * Edits to all octets at once, header and body. Afterwards, `edit` and `body` are about the new
 * message. `X-Postern-*` fields are those of before, whatever it says itself.
 */
export interface WholeEditor {
  /** Puts `table[octet]` in the place of each octet; the table has 256. The length stays. */
  mapOctets(table: Uint8Array): Promise<void>;
  /**
   * Puts another message in the place of this one. Rejects, and changes nothing, when it is larger
   * than `limits.max_message`, when it does not begin with a header although this one does, and
   * when `octets` fails.
   */
  replace(octets: AsyncIterable<Buffer>): Promise<void>;
}

/**
 * A message that has arrived, is judged, and will be delivered: the last chance to change it. What
 * the view shows (`headers()`, `bytes()`, `parts()` and all others) is the message as the edits so far,
 * also those of earlier plugins, have left it at the time of the call.
 */
export interface TransformContext extends MessageView {
  readonly verdicts: readonly NamedVerdict[];
  /** What all scores together come to; undefined when no engine gave one. */
  readonly spam: SpamAssessment | undefined;
  readonly edit: HeaderEditor;
  readonly body: BodyEditor;
  readonly whole: WholeEditor;
}
