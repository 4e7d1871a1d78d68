// Owns the table of rules in a report of spamd. Pure. A message may quote such a table in its text, so
// only what stands below the last rule of dashes counts; and a report is for people, never for the score.

export interface MatchedRule {
  readonly name: string;
  readonly points: number;
  readonly text: string;
}

const mostRules = 200;
const longestText = 160;
const dashesPattern = /^ {0,2}-{3,8} -{8,40} -{8,80}$/;
const rulePattern =
  /^(-?\d{1,5}(?:\.\d{1,3})?) {1,4}([A-Z_][A-Z0-9_]{0,99})(?: {1,30}(\S.{0,300}))?$/;
// Continued descriptions stand below the column of descriptions.
const continuedPattern = /^ {8,90}\S/;

/** Weightiest first. Empty for a report that was given another form in the configuration of SpamAssassin. */
export function matchedRules(report: Buffer): MatchedRule[] {
  const lines = report
    .toString('utf8')
    .split('\n', 5000)
    .map((line) => line.slice(0, 400).trimEnd());
  const start = lines.findLastIndex((line) => dashesPattern.test(line));
  if (start === -1) return [];
  const rules: { name: string; points: number; text: string }[] = [];
  for (const line of lines.slice(start + 1)) {
    const last = rules.at(-1);
    const [, points, name, text = ''] = rulePattern.exec(line.trimStart()) ?? [];
    if (continuedPattern.test(line)) {
      if (last !== undefined) last.text = `${last.text} ${line.trim()}`.trim();
    } else if (points === undefined || name === undefined) {
      break;
    } else if (rules.length < mostRules) {
      rules.push({ name, points: Number(points), text });
    }
  }
  return rules
    .map(({ name, points, text }) => ({ name, points, text: shown(text) }))
    .toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points));
}

function shown(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').slice(0, longestText);
}
