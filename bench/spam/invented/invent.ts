// Owns a small collection of made-up mail for machines without the real one: the same on each of them.
// It shows that the bench and the filter work; how well the filter does on it means nothing.
import { escapeHtml } from '../evasions/html.ts';
import type { Collection, Mail } from '../mail.ts';
import { below, pick, type Random, seededRandom, shuffled } from '../random.ts';
import { type Genre, genres } from './phrases.ts';

const messagesOfGenre = 12;
const seed = 1982;
const boundary = 'made-up-boundary';

export function inventCollection(): Collection {
  const random = seededRandom(seed);
  const order = shuffled(
    random,
    genres.flatMap((genre) => Array.from({ length: messagesOfGenre }, () => genre)),
  );
  return { name: 'invented', mails: order.map((genre, at) => inventMail(genre, at, random)) };
}

function inventMail(genre: Genre, at: number, random: Random): Mail {
  const fields = [
    `Received: from mx${below(random, 9)}.example ([192.0.2.${1 + below(random, 250)}])`,
    `\tby mail.example with ESMTP id ${at.toString(36)}`,
    `From: ${pick(random, genre.senders)}`,
    `To: reader@mail.example`,
    `Subject: ${encodedWord(pick(random, genre.subjects))}`,
    `Date: ${dateOf(at)}`,
    `Message-ID: <${at}.${below(random, 1e9)}@mail.example>`,
    'MIME-Version: 1.0',
  ];
  const lines = [...fields, ...content(genre, random), ''];
  return {
    path: `invented/${at}.eml`,
    label: genre.label,
    source: `invented-${genre.name}`,
    octets: Buffer.from(lines.join('\n')),
  };
}

function content(genre: Genre, random: Random): string[] {
  const sentences = shuffled(random, genre.sentences).slice(0, 3 + below(random, 3));
  const opening = pick(random, genre.openings);
  const closing = pick(random, genre.closings);
  const link = genre.links.length === 0 ? undefined : pick(random, genre.links);
  const text = [opening, '', ...sentences, ...(link === undefined ? [] : ['', link]), '', closing];
  const html = htmlOf([opening, ...sentences], closing, link);
  if (genre.shape === 'plain') return part('text/plain', text);
  if (genre.shape === 'html') return part('text/html', html);
  if (genre.shape === 'encoded') return encodedPart(text);
  return [
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    ...part('text/plain', text),
    `--${boundary}`,
    ...part('text/html', html),
    `--${boundary}--`,
  ];
}

function part(type: string, lines: readonly string[]): string[] {
  return [`Content-Type: ${type}; charset=utf-8`, 'Content-Transfer-Encoding: 8bit', '', ...lines];
}

function encodedPart(lines: readonly string[]): string[] {
  const base64 = Buffer.from(lines.join('\n')).toString('base64');
  return [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(base64.match(/.{1,76}/g) ?? []),
  ];
}

function htmlOf(
  paragraphs: readonly string[],
  closing: string,
  link: string | undefined,
): string[] {
  const last =
    link === undefined
      ? escapeHtml(closing)
      : `<a href="${escapeHtml(link)}">${escapeHtml(closing)}</a>`;
  return [
    '<html><body>',
    ...paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`),
    `<p>${last}</p>`,
    '</body></html>',
  ];
}

function encodedWord(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
}

function dateOf(at: number): string {
  return new Date(Date.UTC(2024, 0, 1, 8) + at * 3_600_000).toUTCString().replace('GMT', '+0000');
}
