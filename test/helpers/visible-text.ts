// Owns what a reader sees of a message: subject and text, without white space, in Latin letters. It
// knows only the HTML that the tests hand it, and follows no style sheet but styles of white on white.
import { decodeText } from '../../src/message/charset.ts';
import { parseMimeValue } from '../../src/message/mime-parameters.ts';
import { findParameter } from '../../src/message/text.ts';
import { walkParts } from '../../src/pipeline/part-walk.ts';

export interface Sight {
  readonly subject: string;
  /** HTML where there is some, as programs for mail choose. */
  readonly text: string;
  readonly pictures: number;
}

const cyrillic: Readonly<Record<string, string>> = {
  а: 'a',
  с: 'c',
  е: 'e',
  о: 'o',
  р: 'p',
  х: 'x',
  у: 'y',
  і: 'i',
  ѕ: 's',
  ј: 'j',
  А: 'A',
  В: 'B',
  С: 'C',
  Е: 'E',
  Н: 'H',
  І: 'I',
  К: 'K',
  М: 'M',
  О: 'O',
  Р: 'P',
  Т: 'T',
  Х: 'X',
};

export async function seenBy(octets: Buffer): Promise<Sight> {
  let [subject, plain, html, pictures] = ['', '', '', 0];
  for await (const part of walkParts(once(octets))) {
    if (part.depth === 0) subject = part.headers.text('subject') ?? '';
    if (part.isContainer) continue;
    if (part.contentType.startsWith('image/')) pictures += 1;
    if (!part.contentType.startsWith('text/')) continue;
    const { parameters } = parseMimeValue(part.headers.get('content-type') ?? 'text/plain');
    const content = decodeText(await part.head(1e7), findParameter(parameters, 'charset'));
    if (content === undefined) throw new Error('a charset that is not known');
    if (part.contentType === 'text/html') html += content;
    else plain += content;
  }
  return { subject: squeeze(subject), text: squeeze(html === '' ? plain : shown(html)), pictures };
}

function shown(html: string): string {
  return html
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/<style>[\s\S]*?<\/style>/g, '')
    .replaceAll(/<div style="color:#ffffff;background-color:#ffffff[^"]*">[^<]*<\/div>/g, '')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function squeeze(text: string): string {
  return [...text.replaceAll(/\s+/g, '')].map((sign) => cyrillic[sign] ?? sign).join('');
}

async function* once(octets: Buffer): AsyncGenerator<Buffer> {
  yield octets;
}
