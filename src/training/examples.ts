// Owns what a message in a training mailbox gives to learn: each message that is attached to it, or what
// its own text has a link to. It teaches nobody, and believes no sender.
import { GiveWay } from '../base/give-way.ts';
import type { HeaderBlock } from '../message/header-block.ts';
import { type LaidOutPart, type MimeLayout, MimeLayoutBuilder } from '../message/mime-layout.ts';
import type { ArrivingMessage } from '../pipeline/arriving-message.ts';
import { Interest } from '../pipeline/interest.ts';
import type { TrainingLinks } from './training-links.ts';

export type Example =
  /** A good link proves whose message it is; the id is of what is kept. */
  | { readonly kind: 'signed'; readonly message: Buffer }
  /** Anybody can have written it. Where it lies in the message that it came with. */
  | { readonly kind: 'unsigned'; readonly start: number; readonly end: number };

export interface ExampleFacts {
  readonly links: TrainingLinks | undefined;
  /** Undefined where messages get no field. */
  readonly headerField: string | undefined;
}

/** Of one message: who forwards more than these sends several messages. */
const mostExamples = 100;
/** Where forwarded text stands: of so many parts, so many octets each. */
const mostTexts = 4;
const textOctets = 64 * 1024;

/** Rejects with MESSAGE_TOO_COMPLEX when parts of it could go unseen. */
export async function readExamples(
  message: ArrivingMessage,
  { links, headerField }: ExampleFacts,
): Promise<Example[]> {
  const attached = embeddedIn(await layoutOf(message)).slice(0, mostExamples);
  if (attached.length > 0) {
    return attached.map(({ header, start, end }): Example => {
      const proof = links && provenBy(header, headerField, links);
      return proof === undefined
        ? { kind: 'unsigned', start, end }
        : { kind: 'signed', message: proof };
    });
  }
  const linked = links && (await linkedFrom(message, links));
  return linked === undefined ? [] : [{ kind: 'signed', message: linked }];
}

interface EmbeddedMessage {
  readonly header: HeaderBlock;
  readonly start: number;
  readonly end: number;
}

async function layoutOf({ spool }: ArrivingMessage): Promise<MimeLayout> {
  const builder = new MimeLayoutBuilder();
  const others = new GiveWay();
  for await (const piece of spool.read()) {
    builder.push(piece);
    if (others.isDue) await others.giveWay();
  }
  return builder.end();
}

/** The outermost ones: what is attached to an attached message belongs to that one. */
function embeddedIn({ root }: MimeLayout): EmbeddedMessage[] {
  const found: EmbeddedMessage[] = [];
  const open: LaidOutPart[] = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [child] = next.children;
    if (next.part.boundary === undefined && child !== undefined) {
      found.push({ header: child.part.headers, start: next.part.contentStart, end: next.end });
    } else {
      open.push(...next.children.toReversed());
    }
  }
  return found;
}

/** Whoever forwards a message that came through two of us has two of these. */
function provenBy(
  header: HeaderBlock,
  headerField: string | undefined,
  links: TrainingLinks,
): Buffer | undefined {
  const values = headerField === undefined ? [] : header.all(headerField).slice(0, 5);
  for (const value of values) {
    const message = links.findMessage(value);
    if (message !== undefined) return message;
  }
  return undefined;
}

async function linkedFrom(
  message: ArrivingMessage,
  links: TrainingLinks,
): Promise<Buffer | undefined> {
  const interest = new Interest();
  try {
    let count = 0;
    for await (const part of message.viewWhile(interest).parts()) {
      if (!part.contentType.startsWith('text/')) continue;
      const found = links.findMessage((await part.head(textOctets)).toString('latin1'));
      count += 1;
      if (found !== undefined || count === mostTexts) return found;
    }
    return undefined;
  } finally {
    interest.end();
  }
}
