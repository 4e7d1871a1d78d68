// Owns to which hosts the texts of a message lead. Bounded, whatever is in it.
import { decodeText, type FoundUri, findUris, type MessageView } from '#plugin-api';

const mostTexts = 8;
const mostParts = 50;
/** Of each text, and of all together. */
const maxTextOctets = 128 * 1024;
const maxAllOctets = 256 * 1024;
const uriLimits = { maxChars: maxTextOctets, maxUris: 200 };
const mostHosts = 100;

/** What a click leads to first, then what is only fetched. */
export async function uriHosts(message: MessageView): Promise<string[]> {
  const clicked = new Set<string>();
  const others = new Set<string>();
  let [texts, parts, octets] = [0, 0, 0];
  for await (const part of message.parts()) {
    parts += 1;
    if (parts > mostParts || texts >= mostTexts || octets >= maxAllOctets) break;
    const { contentType } = part;
    if (contentType !== 'text/plain' && contentType !== 'text/html') continue;
    texts += 1;
    const head = await part.head(Math.min(maxTextOctets, maxAllOctets - octets));
    octets += head.length;
    const format = contentType === 'text/html' ? 'html' : 'plain';
    const text = textOf(head, part.headers.get('Content-Type'));
    for (const uri of findUris(text, format, uriLimits)) {
      if (uri.scheme === 'mailto') continue;
      (isClicked(uri) ? clicked : others).add(uri.host);
    }
  }
  return [...new Set([...clicked, ...others])].slice(0, mostHosts);
}

function isClicked({ place }: FoundUri): boolean {
  return place === 'link' || place === 'text' || place === 'form' || place === 'nested';
}

function textOf(octets: Buffer, contentType: string | undefined): string {
  const [, charset] = /charset\s{0,9}=\s{0,9}"?([^\s;"]{1,40})/i.exec(contentType ?? '') ?? [];
  return decodeText(octets, charset) ?? octets.toString('latin1');
}
