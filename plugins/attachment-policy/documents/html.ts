// Owns the look into web pages: the script that builds a file out of the page itself and hands it to
// the reader, so that no proxy has seen a file.
import { InnerFile } from '../examined-file.ts';
import type { Opener } from '../opener.ts';
import { detect, headBytes } from '../types/detect.ts';
import { markupText, maxMarkupBytes, unescapeReferences, windowsOf } from './markup-text.ts';
import { findPayloads } from './payload.ts';

/** The scripts of honest reports that offer a download are large libraries. */
const largestScript = 64 * 1024;
const mostPayloads = 20;

const mentionsScript = /script/i;
const scriptOrAddress = /<(?:[^\s<>/"'=]{1,100}:)?script\b|javascript:/i;
const eventHandler = /[\s"'/]on[a-z]{3,30}\s{0,50}=/i;
const decodes =
  /\b(?:atob|fromCharCode|charCodeAt|Uint8Array|unescape|decodeURIComponent|fromBase64|parseInt|reverse|DecompressionStream|arrayBuffer)\b|\bfetch\(/;
const buildsFile = /\bBlob\b|\bcreateObjectURL\b|\bnew\s{1,20}File\b/;
const savesByItself = /\bmsSave(?:OrOpen)?Blob\b/;
const handsOver =
  /\bdownload\b|\bclick\b|\blocation\b|\bwindow\s{0,20}\.\s{0,20}open\b|\bnavigate\b/;

export const openHtml: Opener = async function* (_file, opening) {
  const text = markupText(await opening.whole(maxMarkupBytes));
  const { note, work } = opening;
  let isScripted = false;
  for await (const window of windowsOf(text, work)) {
    isScripted ||= hasScript(window);
    if (hasFileLink(window)) note('html-smuggling', 'a link that is a file');
  }
  if (!isScripted) return;
  const { base64, script, isCoded } = findPayloads(text);
  await work.breathe();
  const isSmall = script.length < largestScript;
  const builds = buildsFile.test(script) && handsOver.test(script) && decodes.test(script);
  if (isSmall && savesByItself.test(script)) note('html-smuggling', 'a script that saves a file');
  if (isSmall && isCoded && builds) note('html-smuggling', 'a script that builds a file');

  if (!decodes.test(script) && !buildsFile.test(script)) return;
  for (const payload of base64.slice(0, mostPayloads)) {
    const octets = Buffer.from(payload, 'base64');
    const kind = await detect(octets.subarray(0, headBytes));
    if (kind === undefined || !smuggled.has(kind.type)) continue;
    note('html-smuggling', `a file of type ${kind.type}`);
    work.startEntry();
    yield new InnerFile({ names: [] }, once(octets), work);
  }
};

/** True for most pages of letters, in which `openHtml` finds nothing. */
export function isPlainPage(octets: Buffer): boolean {
  const text = markupText(octets);
  return !hasScript(text) && !hasFileLink(text);
}

/** What nobody needs to hide in the script of a page. Pictures and fonts are there for show. */
const smuggled: ReadonlySet<string> = new Set(
  `exe elf macho class dex chm lnk url iso udf img vhd vhdx zip 7z rar cab gz bz2 xz zst tar cfb one
   docx xlsx pptx docm xlsm pptm jar pdf html svg hta rtf wsf vbe bat`.split(/\s+/),
);

/** Most pages do not so much as mention one, which is a quicker question. */
function hasScript(text: string): boolean {
  return (
    (mentionsScript.test(text) && scriptOrAddress.test(text)) ||
    (text.includes('=') && eventHandler.test(text))
  );
}

/** An attribute whose address is opened, or the same in a refresh; pictures are only shown. */
function isOpened(before: string): boolean {
  if (/\b(?:href|action|formaction)\s*=\s*["']?\s*$/i.test(before)) return true;
  if (/<(?:iframe|frame|embed|object)\b[^<>]*\b(?:src|data)\s*=\s*["']?\s*$/i.test(before))
    return true;
  return /<meta\b[^<>]*\burl\s*=\s*["']?\s*$/i.test(before);
}

/** As it is written, or as a browser reads it. */
function hasFileLink(text: string): boolean {
  const unescaped = unescapeReferences(text);
  return linksFile(text) || (unescaped !== text && linksFile(unescaped));
}

/** `<a download href="data:application/zip;base64,...">`. Each place is looked at within bounds. */
function linksFile(text: string): boolean {
  if (!text.includes(':')) return false;
  for (const { index } of text.matchAll(/\bdata:/gi)) {
    if (!isOpened(text.slice(Math.max(0, index - 300), index))) continue;
    const after = text.slice(index, index + 120);
    const isShown = /^data:(?:image\/(?!svg)|font\/|text\/(?:plain|csv|css|calendar|vcard)|;|,)/i;
    if (!isShown.test(after) && /^data:[^"'>\s]{100}/.test(after)) return true;
  }
  return false;
}

async function* once(octets: Buffer): AsyncGenerator<Buffer, void, void> {
  yield octets;
}
