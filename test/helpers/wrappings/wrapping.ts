// Owns the shape of a wrapping: a way to carry a file, or a text, in a message.
import { withPart } from '../ambiguous/case.ts';
import { base64Lines } from '../wrapped-files.ts';

export interface Wrapping {
  readonly name: string;
  /** The whole message. What is wrapped has less than 100 octets of ASCII in one line. */
  wrap(content: Buffer): Buffer;
  /** Roughly, where it is much. */
  readonly megabytes?: number;
}

export function wrapping(name: string, write: (content: Buffer) => string): Wrapping {
  return { name, wrap: (content) => Buffer.from(write(content), 'latin1') };
}

export interface FileForm {
  readonly name: string;
  readonly fileName: string;
  readonly type: string;
  write(content: Buffer): Buffer;
}

export function form(
  name: string,
  fileName: string,
  type: string,
  write: (content: Buffer) => Buffer,
): FileForm {
  return { name, fileName, type, write };
}

/** The file as everybody sends files. */
export function attached({ name, fileName, type, write }: FileForm): Wrapping {
  return wrapping(name, (content) =>
    withPart(
      `Content-Type: ${type}; name="${fileName}"`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: attachment; filename="${fileName}"`,
      '',
      base64Lines(write(content)).trimEnd(),
    ),
  );
}
