// Owns the message that takes the place of one that is kept from its reader. Nothing of the original but
// a few header texts gets into it, and those as text only.
import { HeaderBlock, HeaderEdits } from '../message/header-block.ts';
import { addressField } from './notice/address-field.ts';
import { alternativeBody, alternativeType } from './notice/alternative.ts';
import type { NoticeLanguage } from './notice/language.ts';
import { wordingOf } from './notice/languages.ts';
import { headerText } from './notice/plain-text.ts';
import { standardHtml, standardText } from './notice/standard-body.ts';
import { templateSubject, templateTexts } from './notice/template-body.ts';
import type { NoticeTemplates } from './notice/template-folder.ts';
import { noticeView } from './notice/view.ts';
import type { NoticeKind } from './notice/wording.ts';
import type { Finding } from './policy.ts';
import { describeFindings, filledHeader, type Rendered, renderOwn } from './render.ts';

export interface NoticeFacts {
  readonly kind: NoticeKind;
  /** Header of the original; undefined when it was too large to be read. */
  readonly original: HeaderBlock | undefined;
  readonly findings: readonly Finding[];
  readonly quarantineId: string;
  /** What the reader tells whom to ask. */
  readonly code: string;
  /** With it the reader gets the original without asking; undefined where that is not for him. */
  readonly releaseUrl?: string | undefined;
  /** Whom to ask, from the configuration. */
  readonly contact: string | undefined;
  readonly language: NoticeLanguage;
  /** The user's own; undefined without any. */
  readonly templates: NoticeTemplates | undefined;
  /** The size that was announced, met where that is possible. */
  readonly targetOctets: number | undefined;
}

/** A complete message with the original's From, To, Subject, Date and Message-ID. */
export function renderNotice(facts: NoticeFacts): Rendered {
  const { original, language } = facts;
  const wording = wordingOf(language);
  const view = noticeView(facts, wording);
  const templates = facts.templates?.get(language);
  const { text, html } =
    templates === undefined
      ? { text: standardText(view, wording), html: standardHtml(view, wording, language) }
      : templateTexts(templates, view, wording, language);
  const ownSubject = original?.text('Subject') ?? '';
  const subject =
    templates?.subject === undefined
      ? `[${wording.kinds[facts.kind].mark}] ${ownSubject}`
      : templateSubject(templates.subject, view, wording, ownSubject);

  const edits = new HeaderEdits(new HeaderBlock(Buffer.from('\r\n')));
  addOriginalFields(edits, original);
  edits.add('Subject', headerText(subject));
  edits.add('X-Postern-Finding', headerText(describeFindings(facts.findings)));
  edits.add('X-Postern-Quarantine', headerText(facts.quarantineId));
  edits.add('Auto-Submitted', 'auto-generated');
  edits.add('MIME-Version', '1.0');
  edits.add('Content-Type', alternativeType);
  edits.add('Content-Language', language);
  const content = alternativeBody(text, html);
  return renderOwn(filledHeader(edits, content.length, facts.targetOctets), content);
}

/** Whose message it was, so that it is sorted and threaded as the original would be. */
function addOriginalFields(edits: HeaderEdits, original: HeaderBlock | undefined): void {
  for (const name of ['From', 'To']) {
    const value = addressField(original?.get(name) ?? '');
    if (value !== undefined) edits.add(name, value);
  }
  const date = headerText(original?.text('Date') ?? '');
  if (date !== '') edits.add('Date', date);
  // RFC 5322 s.3.6.4, without quoting; an identifier that was changed would identify something else.
  const messageId = /^<[!-;=?-~]{1,250}>$/.exec(original?.get('Message-ID') ?? '')?.[0];
  if (messageId !== undefined && !messageId.includes('=?')) edits.add('Message-ID', messageId);
}
