// Owns what a reader is shown of the original and of the findings: cleaned once, for every format.
import type { HeaderBlock } from '../../message/header-block.ts';
import type { Finding } from '../policy.ts';
import { plainLine, shownText } from './plain-text.ts';
import type { NoticeKind, Wording } from './wording.ts';

export interface ShownFinding {
  /** `Eicar-Test-Signature (clamav), in the part "invoice.zip"`. */
  readonly title: string;
  readonly explanation: string | undefined;
}

/** Plain lines; markup in them is still to be escaped. */
export interface NoticeView {
  readonly kind: NoticeKind;
  readonly from: string;
  readonly subject: string;
  readonly date: string;
  readonly findings: readonly ShownFinding[];
  readonly code: string;
  /** Of our own page; undefined where the reader has to ask. */
  readonly releaseUrl: string | undefined;
  /** Whom to ask. */
  readonly contact: string;
}

interface ViewFacts {
  readonly kind: NoticeKind;
  readonly original: HeaderBlock | undefined;
  readonly findings: readonly Finding[];
  readonly code: string;
  readonly releaseUrl?: string | undefined;
  readonly contact: string | undefined;
}

export function noticeView(facts: ViewFacts, wording: Wording): NoticeView {
  const shown = (name: string): string => {
    const text = shownText(facts.original?.text(name) ?? '');
    return text === '' ? wording.unknown : text;
  };
  return {
    kind: facts.kind,
    from: shown('From'),
    subject: shown('Subject'),
    date: shown('Date'),
    findings: facts.findings.map((finding) => showFinding(finding, wording)),
    code: plainLine(facts.code),
    releaseUrl: facts.releaseUrl,
    contact: showContact(facts.contact, wording),
  };
}

export function showContact(contact: string | undefined, wording: Wording): string {
  return contact === undefined ? wording.administrator : plainLine(contact);
}

function showFinding({ plugin, block }: Finding, wording: Wording): ShownFinding {
  const { finding, part, explanation } = block;
  return {
    title: showTitle(plugin, finding, part, wording),
    explanation: explanation === undefined ? undefined : shownText(explanation),
  };
}

export function showTitle(
  plugin: string,
  finding: string,
  part: string | undefined,
  wording: Wording,
): string {
  const where = part === undefined ? '' : wording.inPart(shownText(part));
  return `${shownText(finding)} (${plainLine(plugin)})${where}`;
}
