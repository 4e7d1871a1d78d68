// Owns the message that takes the place of a blocked one. Nothing of the original but a few header
// texts gets into it, and those as text only.
import { HeaderBlock, HeaderEdits } from '../message/header-block.ts';
import type { Finding } from './policy.ts';
import { describeFindings, fillHeader, type Rendered, renderOwn } from './render.ts';

export interface NoticeFacts {
  /** Header of the blocked message; undefined when it was too large to be read. */
  readonly original: HeaderBlock | undefined;
  readonly findings: readonly Finding[];
  readonly quarantineId: string;
  /** Whom to ask, from the configuration. */
  readonly contact: string | undefined;
  /** The size that was announced, met where that is possible. */
  readonly targetOctets: number | undefined;
}

const maxTextLength = 300;
const lineLength = 76;

/** One line of plain text: no controls, no bidi overrides, bounded. */
function plainLine(text: string): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return line.length > maxTextLength ? `${line.slice(0, maxTextLength).toWellFormed()}...` : line;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > lineLength) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  lines.push(current);
  return lines;
}

function bodyText(facts: NoticeFacts): string {
  const shown = (name: string): string => plainLine(facts.original?.text(name) ?? 'not known');
  const found = facts.findings.flatMap(({ plugin, block }) => {
    const part = block.part === undefined ? '' : `, in the part "${plainLine(block.part)}"`;
    const reason = block.explanation === undefined ? [] : wrap(plainLine(block.explanation));
    return [
      `* ${plainLine(block.finding)} (${plugin})${part}`,
      ...reason.map((line) => `  ${line}`),
    ];
  });
  const whom = facts.contact === undefined ? 'your mail administrator' : plainLine(facts.contact);
  return [
    'A message to you was held back by the mail filter.',
    '',
    `From:    ${shown('From')}`,
    `Subject: ${shown('Subject')}`,
    `Date:    ${shown('Date')}`,
    '',
    'What was found:',
    ...found,
    '',
    'What to do:',
    ...wrap(
      `If you did not expect this message, delete this notice; nothing more is needed. If you need it, ask ${whom} and name this number:`,
    ),
    '',
    `  ${facts.quarantineId}`,
    '',
    'The original is kept in quarantine. Deleting this notice does not delete it there.',
    '',
  ].join('\r\n');
}

/** A complete message with the original's From, To, Subject, Date and Message-ID. */
export function renderNotice(facts: NoticeFacts): Rendered {
  const body = bodyText(facts);
  const isAscii = /^[\r\n\x20-\x7e]*$/.test(body);
  const edits = new HeaderEdits(new HeaderBlock(Buffer.from('\r\n')));
  for (const name of ['From', 'To', 'Date', 'Message-ID']) {
    const value = facts.original?.text(name);
    if (value !== undefined) edits.add(name, plainLine(value));
  }
  edits.add('Subject', plainLine(`[Blocked] ${facts.original?.text('Subject') ?? ''}`));
  edits.add('X-Postern-Finding', describeFindings(facts.findings));
  edits.add('X-Postern-Quarantine', facts.quarantineId);
  edits.add('Auto-Submitted', 'auto-generated');
  edits.add('MIME-Version', '1.0');
  edits.add('Content-Type', 'text/plain; charset=utf-8');
  edits.add('Content-Transfer-Encoding', isAscii ? '7bit' : 'base64');
  const content = Buffer.from(isAscii ? body : toBase64Lines(body), 'latin1');
  fillHeader(edits, content.length, facts.targetOctets);
  return renderOwn(edits.toBuffer(), content);
}

function toBase64Lines(text: string): string {
  const encoded = Buffer.from(text, 'utf8').toString('base64');
  return encoded.replaceAll(/.{1,76}/g, '$&\r\n');
}
