// Owns what links, HTML and the tree of parts contribute. It reads no words.
import type { Traits } from './collector.ts';
import { domainsOf } from './header-traits.ts';
import type { HtmlText } from './html-text.ts';
import type { MessageSample } from './sample.ts';

const maxHosts = 40;

export function addPartTraits(sample: MessageSample, traits: Traits): void {
  for (const { contentType, transferEncoding, depth, fileNames } of sample.parts) {
    traits.add('part', contentType, (each) => `a part of type ${each}`);
    if (depth === 0) traits.add('type', contentType, (each) => `message of type ${each}`);
    if (transferEncoding !== undefined) {
      traits.add('encoding', `${contentType} ${transferEncoding}`, (each) => `${each}`);
    }
    for (const name of fileNames.slice(0, 2)) {
      const dot = name.lastIndexOf('.');
      const extension = dot === -1 ? 'none' : name.slice(dot + 1, dot + 9).toLowerCase();
      traits.add('file', extension, (each) => `attached file .${each}`);
    }
  }
  traits.add('size', bucket(sample.octets), () => `size ${sample.octets}`);
  for (const { charset, kind, octets } of sample.texts) {
    if (charset !== undefined) traits.add('charset', charset, (each) => `charset ${each}`);
    traits.add(`${kind}-size`, bucket(octets), () => `${octets} octets of ${kind} text`);
  }
}

export function addHtmlTraits(html: HtmlText, traits: Traits): void {
  for (const [tag, count] of html.tagCounts) {
    traits.add('tag', `${tag} ${bucket(count)}`, () => `${count} <${tag}> in the HTML`);
  }
  if (html.brokenWords > 0) {
    traits.add('html', 'broken-words', () => 'words broken up by HTML comments');
  }
  const hiddenLength = html.hidden.length;
  if (hiddenLength > 40) {
    traits.add('hidden', bucket(hiddenLength), () => `${hiddenLength} characters of hidden text`);
  }
  if (html.images.length > 0) {
    traits.add('image-text', bucket(html.visible.length), () => 'images with little text');
  }
}

/** Hosts of what a text links to. */
export function addLinks(links: readonly string[], scope: 'link' | 'image', traits: Traits): void {
  const seen = new Set<string>();
  for (const link of links.slice(0, maxHosts)) {
    const host = hostOf(link);
    if (host === undefined) {
      const scheme = link
        .slice(0, Math.max(0, link.indexOf(':')))
        .slice(0, 12)
        .toLowerCase();
      traits.add(`${scope}-scheme`, scheme, (each) => `a ${scope} of the kind ${each}:`);
      continue;
    }
    if (seen.has(host)) continue;
    seen.add(host);
    for (const part of domainsOf(host)) traits.add(scope, part, (each) => `a ${scope} to ${each}`);
    if (isNumeric(host)) traits.add(scope, 'numeric', () => `a ${scope} to a bare IP address`);
    if (host.startsWith('xn--') || host.includes('.xn--')) {
      traits.add(scope, 'punycode', () => `a ${scope} to an internationalized name`);
    }
  }
  traits.add(`${scope}-hosts`, bucket(seen.size), () => `${scope}s to ${seen.size} hosts`);
}

/** Links in plain text, as written. */
export function findLinks(text: string): string[] {
  const links: string[] = [];
  let at = text.indexOf('://');
  while (at !== -1 && links.length < maxHosts) {
    let start = at;
    while (start > 0 && at - start < 6 && isLetter(text.charCodeAt(start - 1))) start -= 1;
    links.push(text.slice(start, Math.min(at + 120, text.length)));
    at = text.indexOf('://', at + 3);
  }
  return links;
}

function hostOf(link: string): string | undefined {
  const mark = link.indexOf('//');
  if (mark === -1 || mark > 20) return undefined;
  let start = mark + 2;
  let end = start;
  const limit = Math.min(link.length, start + 100);
  while (end < limit) {
    const code = link.charCodeAt(end);
    if (code === 0x40) start = end + 1;
    else if (!isHostCode(code)) break;
    end += 1;
  }
  return end === start ? undefined : link.slice(start, end).toLowerCase();
}

function isHostCode(code: number): boolean {
  return (
    isLetter(code) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2e ||
    code === 0x2d ||
    code === 0x5f ||
    (code >= 0x80 && code !== 0xa0)
  );
}

function isLetter(code: number): boolean {
  const folded = code | 0x20;
  return folded >= 0x61 && folded <= 0x7a;
}

function isNumeric(host: string): boolean {
  for (let at = 0; at < host.length; at += 1) {
    const code = host.charCodeAt(at);
    if (code !== 0x2e && !(code >= 0x30 && code <= 0x39)) return false;
  }
  return true;
}

/** Powers of two. */
function bucket(count: number): string {
  return count === 0 ? '0' : `${Math.floor(Math.log2(count))}`;
}
