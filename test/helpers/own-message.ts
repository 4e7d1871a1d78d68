// Owns reading messages that Postern itself has written; what must hold of each is checked on the way.
import assert from 'node:assert/strict';
import { RewritingStream } from 'parse5-html-rewriting-stream';
import { HeaderBlock } from '../../src/message/header-block.ts';
import { walkParts } from '../../src/pipeline/part-walk.ts';
import { collect } from './pipeline.ts';

export interface OwnMessage {
  readonly header: HeaderBlock;
  /** Names of all fields, in order. */
  readonly names: readonly string[];
  readonly text: string;
  readonly html: string;
}

/** A message of a plain text and an HTML part, in ASCII lines with CRLF. */
export async function readOwnMessage(wire: Buffer): Promise<OwnMessage> {
  const latin1 = wire.toString('latin1');
  assert.ok(latin1.endsWith('--\r\n'));
  assert.doesNotMatch(latin1, /[^\r]\n|\r[^\n]/, 'bare CR or LF');
  assert.match(latin1, /^[\r\n\x20-\x7e]*$/, 'octets that are not 7bit');
  const end = latin1.indexOf('\r\n\r\n') + 4;
  for (const line of latin1.slice(0, end).split('\r\n')) assert.ok(line.length <= 998, line);
  for (const line of latin1.slice(end).split('\r\n')) assert.ok(line.length <= 76, line);
  const types: string[] = [];
  const texts: string[] = [];
  for await (const part of walkParts(once(wire))) {
    types.push(part.contentType);
    texts.push((await collect(part.content())).toString('utf8'));
  }
  assert.deepEqual(types, ['multipart/alternative', 'text/plain', 'text/html']);
  const header = new HeaderBlock(wire.subarray(0, end));
  const names = [...header.entries()].map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, 'a field twice');
  for (const { name } of header.entries()) assertPlain(header.text(name) ?? '');
  const [, text = '', html = ''] = texts;
  assertPlain(text.replaceAll('\r\n', ''));
  assertPlain(html.replaceAll('\r\n', ''));
  return { header, names, text, html };
}

/** Nothing that moves, hides or reorders what is read. */
export function assertPlain(text: string): void {
  assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
}

/** Start tags with their attributes, as a browser's tokeniser finds them. */
export async function tagsOf(html: string): Promise<string[]> {
  const found: string[] = [];
  const stream = new RewritingStream();
  stream.on('startTag', ({ tagName, attrs }) => {
    found.push([tagName, ...attrs.map(({ name, value }) => `${name}=${value}`)].join(' '));
  });
  stream.on('comment', ({ text }) => found.push(`comment ${text}`));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.once('end', resolve).once('error', reject).resume();
  stream.end(html);
  await promise;
  return found;
}

async function* once(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
