// Owns what a receiver is told about a message, read in as few passes as possible and within bounds.
import { createHash } from 'node:crypto';
import type { HeaderReader, MessagePart, MessageView } from '#plugin-api';
import { type Facts, messageFacts } from './event-facts.ts';
import type { Includable } from './options.ts';

export interface ReportOptions {
  readonly include: ReadonlySet<Includable>;
  readonly maxMessageBytes: number;
}

const maxTextLength = 1000;
const maxParts = 500;

/** Waits for the whole message: its size and digest are among the facts. */
export async function messageReport(
  message: MessageView,
  { include, maxMessageBytes }: ReportOptions,
): Promise<Facts> {
  const headers = await message.headers();
  const octets = await readOctets(message, include.has('message') ? maxMessageBytes : 0);
  return {
    event: 'messageArrived',
    session: message.session.id,
    client: message.session.client.address,
    listener: message.session.client.listener,
    ...messageFacts(message),
    octets: octets.size,
    sha256: octets.sha256,
    subject: bounded(headers.text('Subject')),
    from: bounded(headers.text('From')),
    ...(include.has('headers') ? { headers: [...headers.entries()] } : {}),
    ...(include.has('parts') ? await partsReport(message) : {}),
    // Undefined, and so left out, when the message is too large.
    ...(include.has('message') ? { message: octets.content?.toString('base64') } : {}),
  };
}

interface Octets {
  readonly size: number;
  readonly sha256: string;
  readonly content: Buffer | undefined;
}

async function readOctets(message: MessageView, maxBytes: number): Promise<Octets> {
  const hash = createHash('sha256');
  let kept: Buffer[] | undefined = [];
  let size = 0;
  for await (const piece of message.bytes()) {
    hash.update(piece);
    size += piece.length;
    if (size > maxBytes) kept = undefined;
    kept?.push(piece);
  }
  return { size, sha256: hash.digest('hex'), content: kept && Buffer.concat(kept) };
}

async function partsReport(message: MessageView): Promise<Facts> {
  const parts: Facts[] = [];
  for await (const part of message.parts()) {
    if (parts.length === maxParts) return { parts, hasMoreParts: true };
    parts.push(partFacts(part));
  }
  return { parts };
}

function partFacts({ path, contentType, fileNames, headers, isContainer }: MessagePart): Facts {
  return {
    path,
    contentType: bounded(contentType),
    fileNames: fileNames.slice(0, 10).map(bounded),
    disposition: dispositionOf(headers),
    isContainer,
  };
}

function dispositionOf(headers: HeaderReader): string | undefined {
  const [word = ''] = (headers.get('Content-Disposition') ?? '').split(';', 1);
  return bounded(word.trim().toLowerCase()) || undefined;
}

function bounded(text: string | undefined): string | undefined {
  return text?.slice(0, maxTextLength).toWellFormed();
}
