// Owns the shape of a message that readers disagree about, and the few pieces all of them are built from.
import { assembleEicar } from '../../../src/demo/eicar.ts';
import { base64Lines } from '../wrapped-files.ts';

export interface AmbiguousMessage {
  readonly name: string;
  /** What the search must tell of it, among others. */
  readonly kinds: readonly string[];
  readonly octets: Buffer;
  /** Where the hidden content comes to light: in `parts()`, in `otherReadings()` alone, or nowhere. */
  readonly shownBy: 'parts' | 'readings' | 'nothing';
}

/** What every case hides. */
export const payload = Buffer.from(assembleEicar());
export const payloadBase64 = base64Lines(payload).trimEnd();

const envelope = [
  'From: sender@example.org',
  'To: reader@example.org',
  'Subject: a file for you',
  'Message-ID: <ambiguous@example.org>',
];

export function lines(...all: readonly string[]): string {
  return all.join('\r\n');
}

/** A message with these header lines below those of every mail. */
export function letter(header: readonly string[], ...body: readonly string[]): string {
  return lines(...envelope, 'MIME-Version: 1.0', ...header, '', ...body, '');
}

export function withoutVersion(header: readonly string[], ...body: readonly string[]): string {
  return lines(...envelope, ...header, '', ...body, '');
}

/** A multipart with the boundary `outer`: a text, and these lines as its second part. */
export function withPart(...part: readonly string[]): string {
  return letter(
    ['Content-Type: multipart/mixed; boundary="outer"'],
    '--outer',
    'Content-Type: text/plain',
    '',
    'Please see the file.',
    '--outer',
    ...part,
    '--outer--',
  );
}

/** Header and content of a part with the payload, as anybody reads it. */
export const filePart: readonly string[] = [
  'Content-Type: application/octet-stream; name="file.com"',
  'Content-Transfer-Encoding: base64',
  'Content-Disposition: attachment; filename="file.com"',
  '',
  payloadBase64,
];

/** A boundary without a digit of base64, so that decoders pass over its lines. */
export const silent = ':.:';

export function readings(
  name: string,
  kinds: readonly string[],
  message: string,
): AmbiguousMessage {
  return { name, kinds, octets: Buffer.from(message, 'latin1'), shownBy: 'readings' };
}

export function inParts(name: string, kinds: readonly string[], message: string): AmbiguousMessage {
  return { ...readings(name, kinds, message), shownBy: 'parts' };
}

export function nowhere(name: string, kinds: readonly string[], message: string): AmbiguousMessage {
  return { ...readings(name, kinds, message), shownBy: 'nothing' };
}
