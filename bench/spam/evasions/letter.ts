// Owns what a sender of spam writes anew when a message is disguised: its subject and the text that a
// reader sees. Every other field stays as it was; attachments are left out.
import { decodeText, decodeUnlabelled } from '../../../src/message/charset.ts';
import { type HeaderField, splitFields } from '../../../src/message/header-fields.ts';
import { parseMimeValue } from '../../../src/message/mime-parameters.ts';
import { findParameter } from '../../../src/message/text.ts';
import { walkParts } from '../../../src/pipeline/part-walk.ts';
import type { MessagePart } from '../../../src/plugin-api/message-view.ts';
import { textToHtml } from './html.ts';

export interface Letter {
  /** The fields that are kept, with their line ends: neither the subject nor those of MIME. */
  readonly fields: readonly string[];
  readonly subject: string | undefined;
  /** As octets in latin1, for a subject that stays. */
  readonly rawSubject: string | undefined;
  readonly plain: string | undefined;
  readonly html: string | undefined;
}

const maxTextBytes = 200_000;

export async function readLetter(octets: Buffer): Promise<Letter> {
  const { fields, tailStart } = splitFields(octets);
  const kept = fields.filter(
    ({ key }) =>
      key !== '' && !key.startsWith('content-') && !['mime-version', 'subject'].includes(key),
  );
  const rawSubject = fields.find(({ key }) => key === 'subject');
  const texts = await readTexts(octets);
  if (texts.plain === undefined && texts.html === undefined) {
    texts.plain = decodeUnlabelled(octets.subarray(tailStart, tailStart + maxTextBytes));
  }
  return {
    fields: kept.map(octetsOf),
    rawSubject: rawSubject === undefined ? undefined : octetsOf(rawSubject),
    subject: texts.subject,
    plain: texts.plain,
    html: texts.html,
  };
}

/** With its line end, one octet per character. */
function octetsOf({ text, start, end }: HeaderField): string {
  return text.slice(start, end);
}

/** The text as HTML, whatever it was. */
export function htmlOf({ html, plain }: Letter): string {
  return html ?? textToHtml(plain ?? '');
}

interface Texts {
  subject: string | undefined;
  plain: string | undefined;
  html: string | undefined;
}

async function readTexts(octets: Buffer): Promise<Texts> {
  const texts: Texts = { subject: undefined, plain: undefined, html: undefined };
  try {
    for await (const part of walkParts(once(octets))) {
      if (part.depth === 0) texts.subject = part.headers.text('subject');
      if (part.isContainer || part.fileNames.length > 0) continue;
      if (part.contentType === 'text/plain') texts.plain ??= await readText(part);
      if (part.contentType === 'text/html') texts.html ??= await readText(part);
    }
  } catch {
    // More parts than anybody reads: what was found before counts.
  }
  return texts;
}

async function readText(part: MessagePart): Promise<string> {
  const { parameters } = parseMimeValue(part.headers.get('content-type') ?? 'text/plain');
  const octets = await part.head(maxTextBytes);
  const text =
    decodeText(octets, findParameter(parameters, 'charset')) ?? octets.toString('latin1');
  return text.replaceAll(/\r\n?/g, '\n');
}

async function* once(octets: Buffer): AsyncGenerator<Buffer> {
  yield octets;
}
