// Owns how a notice is laid out where the user has no template of it.
import { escapeHtml, fieldTable, htmlPage, isolated, linkParagraph, paragraph } from './html.ts';
import { wrapText } from './plain-text.ts';
import type { NoticeView, ShownFinding } from './view.ts';
import type { Wording } from './wording.ts';

export function standardText(view: NoticeView, wording: Wording): string {
  const { happened, next, kept } = wording.kinds[view.kind];
  return [
    ...wrapText(happened),
    '',
    ...alignFields(fieldsOf(view, wording)),
    '',
    wording.found,
    ...findingLines(view.findings),
    '',
    wording.whatToDo,
    ...wrapText(next(view.contact)),
    '',
    `  ${view.code}`,
    '',
    ...(view.releaseUrl === undefined ? [] : [wording.release, `  ${view.releaseUrl}`, '']),
    ...wrapText(kept),
    '',
  ].join('\r\n');
}

export function standardHtml(view: NoticeView, wording: Wording, language: string): string {
  const { heading, happened, next, kept } = wording.kinds[view.kind];
  return htmlPage({
    language,
    title: heading,
    blocks: [
      paragraph(happened),
      fieldTable(fieldsOf(view, wording)),
      paragraph(wording.found),
      findingList(view.findings),
      paragraph(next(view.contact)),
      `<p style="font-size: 1.3em"><b><code>${escapeHtml(view.code)}</code></b></p>`,
      ...(view.releaseUrl === undefined ? [] : [linkParagraph(wording.release, view.releaseUrl)]),
      paragraph(kept),
    ],
  });
}

type Fields = readonly (readonly [name: string, value: string])[];

function fieldsOf({ from, subject, date }: NoticeView, { labels }: Wording): Fields {
  return [
    [labels.from, from],
    [labels.subject, subject],
    [labels.date, date],
  ];
}

/** Values in one column. */
export function alignFields(fields: Fields, indent = ''): string[] {
  const width = Math.max(...fields.map(([name]) => name.length)) + 2;
  return fields.map(([name, value]) => `${indent}${`${name}:`.padEnd(width)}${value}`);
}

export function findingLines(findings: readonly ShownFinding[]): string[] {
  return findings.flatMap(({ title, explanation }) => [
    `* ${title}`,
    ...(explanation === undefined ? [] : wrapText(explanation, '  ')),
  ]);
}

export function findingList(findings: readonly ShownFinding[]): string {
  const items = findings.map(({ title, explanation }) => {
    const reason = explanation === undefined ? '' : `<br>${isolated(explanation)}`;
    return `<li>${isolated(title)}${reason}</li>`;
  });
  return ['<ul>', ...items, '</ul>'].join('\r\n');
}
