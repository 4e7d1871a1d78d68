// Owns filling the templates of a user: every value is escaped for the format it goes into.
import { escapeHtml, htmlPage, isolated, linkTo } from './html.ts';
import { findingLines, findingList } from './standard-body.ts';
import { fillTemplate, type Placeholder, type Template } from './template.ts';
import type { LanguageTemplates } from './template-folder.ts';
import type { NoticeView } from './view.ts';
import type { Wording } from './wording.ts';

type Values = Readonly<Record<Placeholder, string>>;

export interface TemplateTexts {
  readonly text: string;
  readonly html: string;
}

export function templateTexts(
  { text: textTemplate, html: htmlTemplate }: LanguageTemplates,
  view: NoticeView,
  wording: Wording,
  language: string,
): TemplateTexts {
  const text = withLineEnds(fillTemplate(textTemplate, textValues(view, wording), view.kind));
  if (htmlTemplate === undefined) return { text, html: pageOf(text, wording, view, language) };
  const html = withLineEnds(fillTemplate(htmlTemplate, htmlValues(view, wording), view.kind));
  return { text, html };
}

/** One line; still to be made fit for a header. */
export function templateSubject(
  template: Template,
  view: NoticeView,
  wording: Wording,
  subject: string,
): string {
  const findings = view.findings.map(({ title }) => title).join(', ');
  return fillTemplate(template, { ...textValues(view, wording), subject, findings }, view.kind);
}

/** For what takes the place of one part. */
export function templateNote(
  template: Template,
  view: NoticeView,
  wording: Wording,
  part: string,
): string {
  return withLineEnds(fillTemplate(template, { ...textValues(view, wording), part }, view.kind));
}

function textValues(view: NoticeView, wording: Wording): Values {
  const { from, subject, date, code, contact } = view;
  const findings = findingLines(view.findings).join('\n');
  const kind = wording.kinds[view.kind].mark;
  const release = view.releaseUrl ?? '';
  return { from, subject, date, code, contact, findings, kind, part: '', release };
}

function htmlValues(view: NoticeView, wording: Wording): Values {
  const { from, subject, date, code, contact } = view;
  return {
    from: isolated(from),
    subject: isolated(subject),
    date: isolated(date),
    code: escapeHtml(code),
    contact: escapeHtml(contact),
    findings: findingList(view.findings),
    kind: escapeHtml(wording.kinds[view.kind].mark),
    part: '',
    release: view.releaseUrl === undefined ? '' : linkTo(view.releaseUrl),
  };
}

/** The plain text as a page, line for line. */
function pageOf(text: string, wording: Wording, { kind }: NoticeView, language: string): string {
  const lines = text.split('\r\n').map((line) => isolated(line));
  const title = wording.kinds[kind].heading;
  return htmlPage({ language, title, blocks: [`<p>${lines.join('<br>\r\n')}</p>`] });
}

/** One line end at the end, each of them CRLF. */
function withLineEnds(text: string): string {
  return `${text.trimEnd()}\n`.replaceAll(/\r\n|\r|\n/g, '\r\n');
}
