// Owns the HTML around what a page says, and the fields that keep a browser from doing anything else with
// it: no script runs, nothing is loaded, nobody frames it or learns its address.
import { createHash } from 'node:crypto';
import { escapeHtml } from '../../pipeline/notice/html.ts';
import type { HttpAnswer } from '../http-server.ts';
import type { SpokenWords } from './page-words.ts';

const style = [
  'body{font-family:sans-serif;line-height:1.5;max-width:40em;margin:2em auto;padding:0 1em}',
  'th{text-align:left;vertical-align:top;padding-right:1em;font-weight:normal}',
  'td{overflow-wrap:anywhere}',
  'button{font:inherit;padding:.4em .8em;margin:.3em .4em .3em 0}',
  '.done{font-weight:bold}',
].join('');

const fields: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'X-Robots-Tag': 'noindex, nofollow',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  Vary: 'Accept-Language',
};

export interface PageContent {
  readonly status: number;
  readonly title: string;
  /** Markup, one block each. */
  readonly blocks: readonly string[];
}

export function htmlAnswer({ language }: SpokenWords, content: PageContent): HttpAnswer {
  const title = escapeHtml(content.title);
  const text = [
    '<!DOCTYPE html>',
    `<html lang="${language}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${title}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<h1>${title}</h1>`,
    ...content.blocks,
    '</body>',
    '</html>',
    '',
  ].join('\n');
  return { status: content.status, contentType: 'text/html; charset=utf-8', text, fields };
}

export function line(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

/** What the last request has done. */
export function doneLine(text: string): string {
  return `<p class="done" role="status">${escapeHtml(text)}</p>`;
}

/** Values of strangers: of their own direction, so that they turn nothing around them. */
export function factTable(rows: readonly (readonly [name: string, value: string])[]): string {
  const lines = rows.map(
    ([name, value]) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td dir="auto">${escapeHtml(value)}</td></tr>`,
  );
  return ['<table>', ...lines, '</table>'].join('\n');
}

export interface ActButton {
  readonly act: string;
  readonly text: string;
}

/** Without `action`: it goes to the address of the page, whatever a web server in front has made of it. */
export function actForm(question: string | undefined, buttons: readonly ActButton[]): string {
  return [
    '<form method="post">',
    ...(question === undefined ? [] : [line(question)]),
    ...buttons.map(
      ({ act, text }) =>
        `<button name="act" value="${escapeHtml(act)}">${escapeHtml(text)}</button>`,
    ),
    '</form>',
  ].join('\n');
}
