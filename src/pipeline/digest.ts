// Owns the letter that lists what was kept from a reader. It neither chooses the entries nor posts it.
import { HeaderBlock, HeaderEdits } from '../message/header-block.ts';
import type { QuarantineEntry } from '../stores/store.ts';
import { addressField } from './notice/address-field.ts';
import { alternativeBody, alternativeType } from './notice/alternative.ts';
import { gridTable, htmlPage, paragraph } from './notice/html.ts';
import type { NoticeLanguage } from './notice/language.ts';
import { wordingOf } from './notice/languages.ts';
import { headerText, shownText, wrapText } from './notice/plain-text.ts';
import { alignFields } from './notice/standard-body.ts';
import { showContact, showTitle } from './notice/view.ts';
import type { Wording } from './notice/wording.ts';

export interface DigestFacts {
  /** Of the letter that this becomes; gives the Message-ID. */
  readonly letterId: string;
  /** What was held since the last digest. */
  readonly entries: readonly QuarantineEntry[];
  /** With it the reader releases the entry; undefined where that is not for him. */
  releaseUrlOf?(entry: QuarantineEntry): string | undefined;
  readonly language: NoticeLanguage;
  /** Whom to ask, from the configuration. */
  readonly contact: string | undefined;
  /** `Postern <postern@localhost>`. */
  readonly sender: string;
  /** The login name, printable. */
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** IANA name; that of the system by default. */
  readonly timeZone?: string;
}

const maxEntries = 200;
/** Of one entry. */
const maxFindings = 5;

interface Row {
  readonly time: string;
  readonly from: string;
  readonly subject: string;
  readonly found: string;
  readonly code: string;
  readonly releaseUrl: string | undefined;
}

/** A complete message with CRLF line ends. */
export function renderDigest(facts: DigestFacts): Buffer {
  const { letterId, entries, language, sender, user, nowMs } = facts;
  const wording = wordingOf(language);
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(sender)?.[1] ?? 'localhost';
  const from = addressField(Buffer.from(sender).toString('latin1'));
  const to = /^[\w.+-]+@[A-Za-z0-9.-]+$/.test(user) ? user : 'undisclosed-recipients:;';
  const edits = new HeaderEdits(new HeaderBlock(Buffer.from('\r\n')));
  edits.add('From', from ?? 'Postern <postern@localhost>');
  edits.add('To', to);
  edits.add('Subject', headerText(wording.digest.subject(entries.length)));
  edits.add('Date', new Date(nowMs).toUTCString().replace('GMT', '+0000'));
  edits.add('Message-ID', `<postern-digest.${headerText(letterId)}@${domain}>`);
  // RFC 2919: lets a reader sort digests into a folder.
  edits.add('List-Id', `Postern digest <postern-digest.${domain}>`);
  // RFC 3834 s.5: nobody should answer this automatically.
  edits.add('Auto-Submitted', 'auto-generated');
  edits.add('MIME-Version', '1.0');
  edits.add('Content-Type', alternativeType);
  edits.add('Content-Language', language);
  const rows = rowsOf(facts, wording);
  const content = alternativeBody(
    digestText(facts, rows, wording),
    digestHtml(facts, rows, wording),
  );
  return Buffer.concat([edits.toBuffer(), content]);
}

function rowsOf(facts: DigestFacts, wording: Wording): Row[] {
  const { entries, timeZone } = facts;
  const format = new Intl.DateTimeFormat(wording.locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  const shown = (text: string | undefined): string => shownText(text ?? '') || wording.unknown;
  return entries.slice(0, maxEntries).map((entry) => ({
    time: format.format(entry.storedAtMs),
    from: shown(entry.from),
    subject: shown(entry.subject),
    found: describe(entry.findings, wording),
    code: shownText(entry.code),
    releaseUrl: facts.releaseUrlOf?.(entry),
  }));
}

function describe(findings: QuarantineEntry['findings'], wording: Wording): string {
  const titles = findings
    .slice(0, maxFindings)
    .map(({ plugin, finding, part }) => showTitle(plugin, finding, part, wording));
  const more = findings.length - titles.length;
  return [...titles, ...(more > 0 ? [wording.digest.more(more)] : [])].join('; ');
}

function remaining({ entries }: DigestFacts, { digest }: Wording): string[] {
  const count = entries.length - maxEntries;
  return count > 0 ? [digest.more(count)] : [];
}

function digestText(facts: DigestFacts, rows: readonly Row[], wording: Wording): string {
  const { digest, labels } = wording;
  return [
    ...wrapText(digest.happened(facts.entries.length)),
    ...wrapText(digest.next(showContact(facts.contact, wording))),
    ...wrapText(digest.otherwise),
    '',
    ...rows.flatMap(({ time, from, subject, found, code, releaseUrl }) => [
      time,
      ...alignFields(
        [
          [labels.from, from],
          [labels.subject, subject],
          [labels.found, found],
          [labels.code, code],
        ],
        '  ',
      ),
      ...(releaseUrl === undefined ? [] : [`  ${wording.release}`, `  ${releaseUrl}`]),
      '',
    ]),
    ...remaining(facts, wording),
    '',
  ].join('\r\n');
}

function digestHtml(facts: DigestFacts, rows: readonly Row[], wording: Wording): string {
  const { digest, labels } = wording;
  const heads = [labels.date, labels.from, labels.subject, labels.found, labels.code];
  return htmlPage({
    language: facts.language,
    title: digest.heading,
    blocks: [
      paragraph(digest.happened(facts.entries.length)),
      paragraph(`${digest.next(showContact(facts.contact, wording))} ${digest.otherwise}`),
      gridTable(
        heads,
        rows.map(({ time, from, subject, found, code, releaseUrl }) => {
          const link = { text: code, url: releaseUrl };
          return [time, from, subject, found, link];
        }),
      ),
      ...remaining(facts, wording).map(paragraph),
    ],
  });
}
