// Owns which parts clamd has seen as they are when it has seen the message: the text of an ordinary
// letter. Whatever is in doubt is no such text. test/plugins/clamav/contract-letters.test.ts asks a
// real clamd.
import type { HeaderReader, MessagePart, MessageView } from '#plugin-api';

// Larger texts are rare enough to be scanned once more.
const maxTextBytes = 128 * 1024;
// RFC 5322 s.2.1.1; clamd cuts what is longer.
const maxLineBytes = 998;
const maxDepth = 4;
const maxParts = 20;

// By these first octets clamd knows a mail, and takes its parts apart.
const mailPattern =
  /^(?:Received|Return-Path|Delivered-To|Envelope-to|Message-I[Dd]|From|To|Date|Subject): /;
// Nothing that could be read in two ways: RFC 2045 s.5.1 without comments.
const longestField = 300;
const parameters = String.raw`(?:\s*;\s*[a-z-]+=(?:[\w.:=+/-]+|"[\w.:=+/'()?,@ -]+"))*;?$`;
const textPattern = new RegExp(`^text/(?:plain|html)${parameters}`, 'i');
const multiparts = 'alternative|mixed|related|report|signed';
const multipartPattern = new RegExp(`^multipart/(?:${multiparts})${parameters}`, 'i');
const encodingPattern = /^[78]bit$/i;
const dispositionPattern = /^inline$/i;

export class LetterTexts {
  readonly #message: MessageView;
  #parts = 0;
  /** Whether all that was passed so far was that of an ordinary letter. */
  #state: 'unknown' | 'ordinary' | 'odd' = 'unknown';

  /** Of a message that clamd has scanned as a whole. */
  constructor(message: MessageView) {
    this.#message = message;
  }

  /** To be asked of every part, in order. Its content can still be read. */
  async include(part: MessagePart): Promise<boolean> {
    if (this.#state === 'unknown') this.#state = await this.#lookAtMessage();
    this.#parts += 1;
    if (this.#parts > maxParts || part.depth > maxDepth) this.#state = 'odd';
    if (part.isContainer && !isMultipart(part)) this.#state = 'odd';
    return this.#state === 'ordinary' && !part.isContainer && (await isText(part));
  }

  async #lookAtMessage(): Promise<'ordinary' | 'odd'> {
    const ambiguities = await this.#message.ambiguities();
    if (ambiguities.length > 0) return 'odd';
    for await (const piece of this.#message.bytes()) {
      return mailPattern.test(piece.toString('latin1', 0, 20)) ? 'ordinary' : 'odd';
    }
    return 'odd';
  }
}

function isMultipart({ headers }: MessagePart): boolean {
  return (
    hasOnly(headers, 'content-type', multipartPattern) &&
    hasAtMost(headers, 'content-transfer-encoding', encodingPattern)
  );
}

async function isText(part: MessagePart): Promise<boolean> {
  const { headers, fileNames } = part;
  return (
    fileNames.length === 0 &&
    hasOnly(headers, 'content-type', textPattern) &&
    hasAtMost(headers, 'content-transfer-encoding', encodingPattern) &&
    hasAtMost(headers, 'content-disposition', dispositionPattern) &&
    isPlain(await part.head(maxTextBytes + 1))
  );
}

function hasOnly(headers: HeaderReader, name: string, pattern: RegExp): boolean {
  const [value, ...more] = headers.all(name);
  if (value === undefined || more.length > 0 || value.length > longestField) return false;
  return pattern.test(value.trim());
}

function hasAtMost(headers: HeaderReader, name: string, pattern: RegExp): boolean {
  return headers.all(name).length === 0 || hasOnly(headers, name, pattern);
}

/** Printable lines of the length that mail allows. */
function isPlain(text: Buffer): boolean {
  if (text.length > maxTextBytes) return false;
  let lineStart = 0;
  for (let at = 0; at < text.length; at += 1) {
    const octet = text[at] ?? 0;
    if (octet === 0x0a) lineStart = at + 1;
    else if (at - lineStart > maxLineBytes) return false;
    const isBlank = octet === 0x09 || octet === 0x0a || octet === 0x0d;
    if ((octet < 0x20 && !isBlank) || octet === 0x7f) return false;
  }
  return true;
}
