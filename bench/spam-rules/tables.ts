// Owns the tables of figures about rules, as Markdown. Pure.
import { builtInRules } from '../../plugins/spam-rules/built-in-rules.ts';
import { qualityOf } from '../spam/quality.ts';
import type { JudgedMail } from './judged-mail.ts';

interface Group {
  readonly title: string;
  has(source: string): boolean;
}

const groups: readonly Group[] = [
  { title: 'easy ham', has: (source) => source.startsWith('sa-easy-ham') },
  { title: 'hard ham', has: (source) => source.startsWith('sa-hard-ham') },
  { title: 'lists', has: (source) => source.startsWith('list-') },
  { title: 'spam 2002', has: (source) => source.startsWith('sa-spam') },
  { title: 'phishing', has: (source) => source === 'phishing_pot' },
];

/** Rules that never hit are left out: a collection whose headers are cut shows nothing about them. */
export function hitRates(mails: readonly JudgedMail[]): string {
  const rows = builtInRules
    .filter(({ name }) => mails.some(({ hits }) => hits.includes(name)))
    .map(({ name }) => [`\`${name}\``, ...shares(mails, ({ hits }) => hits.includes(name))]);
  return table(['Rule', ...groups.map(({ title }) => title)], rows);
}

const bounds: readonly (readonly [string, number])[] = [
  ['above 0', Number.MIN_VALUE],
  ['1.5 and more (82 %)', 1.5],
  ['3 and more (95 %)', 3],
];

export function sums(mails: readonly JudgedMail[]): string {
  const rows = bounds.map(([title, least]) => [
    title,
    ...shares(mails, ({ rules }) => rules >= least),
  ]);
  return table(['Sum of all rules', ...groups.map(({ title }) => title)], rows);
}

const weights = [0, 0.5, 1];

/** What rules add to statistics that have learned every message before. */
export function together(mails: readonly JudgedMail[]): string {
  const rows = weights.flatMap((weight) =>
    [0.5, 0.9].map((probability) => {
      const { rocaPercent, hamMissedPercent, spamMissedPercent, lamPercent } = qualityOf(
        mails.map(({ label, learned, rules }) => {
          const score = learned + weight * rules;
          const isSpam = score >= Math.log(probability / (1 - probability));
          return { label, score, judgedAs: isSpam ? 'spam' : 'ham' };
        }),
      );
      const figures = [rocaPercent, hamMissedPercent, spamMissedPercent, lamPercent];
      return [
        `${weight}`,
        `${probability}`,
        ...figures.map((each, at) => each.toFixed(at === 0 ? 3 : 2)),
      ];
    }),
  );
  return table(['Weight', 'Spam from', '1-AUC %', 'hm %', 'sm %', 'lam %'], rows);
}

/** Per cent of each group; a dot is less than 0.05. */
function shares(mails: readonly JudgedMail[], isMeant: (mail: JudgedMail) => boolean): string[] {
  return groups.map(({ has }) => {
    const group = mails.filter(({ source }) => has(source));
    const share = (100 * group.filter(isMeant).length) / Math.max(1, group.length);
    return share < 0.05 ? '.' : share.toFixed(1);
  });
}

/** The first column is text, the others are numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, at) =>
    Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, at) =>
    at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}
