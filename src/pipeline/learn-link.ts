// Owns how a message gets the link behind which its reader says what it is. Who may have one, and where it
// leads, is decided elsewhere.
import { toAppError } from '../base/errors.ts';
import type { HeaderEdits } from '../message/header-block.ts';
import type { BodyEditor } from '../plugin-api/transform.ts';
import type { MessageEdits } from './message-edits.ts';
import { escapeHtml } from './notice/html.ts';
import type { LearnWording } from './notice/wording.ts';

export interface LearnLink {
  readonly url: string;
  /** Undefined: none is added. */
  readonly headerField: string | undefined;
  /** What the message was judged to be, where its text gets the link as well. */
  readonly footerFor: 'ham' | 'unsure' | 'spam' | undefined;
}

/** After all plugins: nothing that they do to a message takes its link from it. */
export async function addLearnLink(
  edits: MessageEdits,
  { url, headerField, footerFor }: LearnLink,
  wording: LearnWording,
): Promise<void> {
  if (footerFor !== undefined) await addFooter(edits, url, wording[footerFor]);
  if (headerField !== undefined) addField(edits.header, headerField, url);
}

/** What a sender wrote under that name is forged. */
function addField(header: HeaderEdits, name: string, url: string): void {
  header.remove(name);
  header.add(name, `<${url}>`);
}

async function addFooter(edits: MessageEdits, url: string, words: string): Promise<void> {
  const before = edits.snapshot();
  try {
    const body = edits.bodyEditor(() => {});
    for (const [path, contentType] of await shownTexts(body)) {
      // A signature around it would break, and nobody could read what is encrypted.
      if (await body.isSealed(path)) continue;
      const text = await body.text(path);
      if (text === undefined) continue;
      const isHtml = contentType === 'text/html';
      await body.setText(path, isHtml ? inHtml(text, url, words) : inText(text, url, words));
    }
  } catch (error) {
    // A message that cannot be edited is delivered as it is; the header field has the link.
    if (!uneditable.has(toAppError(error).code)) throw error;
    edits.restore(before);
  }
}

const uneditable = new Set(['BODY_EDIT_INVALID', 'MESSAGE_TOO_COMPLEX']);

/** The first text of each kind is what a mail program shows; later ones are quoted or attached. */
async function shownTexts(body: BodyEditor): Promise<Map<string, string>> {
  const shown = new Map<string, string>();
  for await (const { path, contentType, fileNames } of body.parts()) {
    // What is inside an attached message is somebody else's.
    if (contentType === 'message/rfc822') break;
    if (contentType !== 'text/plain' && contentType !== 'text/html') continue;
    if (fileNames.length > 0 || [...shown.values()].includes(contentType)) continue;
    shown.set(path, contentType);
  }
  return shown;
}

function inText(text: string, url: string, words: string): string {
  return `${text}\r\n\r\n${words} ${url}\r\n`;
}

/** In the body, for programs that leave out what stands behind its end. */
function inHtml(html: string, url: string, words: string): string {
  const link = `<p><a href="${escapeHtml(url)}">${escapeHtml(withoutColon(words))}</a></p>`;
  const end = lastIndexOfTag(html, '</body');
  return html.slice(0, end) + link + html.slice(end);
}

/** Behind this, no page has anything but its end. */
const endLength = 4096;

/** Where the last tag of that name begins; at the end where there is none near it. Case does not matter. */
function lastIndexOfTag(html: string, tag: string): number {
  const start = Math.max(0, html.length - endLength);
  const found = html.slice(start).toLowerCase().lastIndexOf(tag);
  return found === -1 ? html.length : start + found;
}

function withoutColon(words: string): string {
  return words.endsWith(':') ? words.slice(0, -1).trimEnd() : words;
}
