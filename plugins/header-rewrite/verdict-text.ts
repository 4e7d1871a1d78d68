// Owns how verdicts are put in one line for a header. Pure.
import type { NamedVerdict, Verdict } from '#plugin-api';

/** Carries the verdicts to the reader's mail program; forged copies are removed by the host. */
export const verdictField = 'X-Postern-Verdict';

// A header line may have 998 octets (RFC 5322 s.2.1.1), its name included.
const maxLength = 900;

/** `clean`, `unchecked` when no plugin looked, or what was found: `spam=spam, attachments=executable`. */
export function describeVerdicts(verdicts: readonly NamedVerdict[]): string {
  if (verdicts.length === 0) return 'unchecked';
  const found = verdicts.flatMap(({ plugin, verdict }) => {
    const label = labelOf(verdict);
    return label === undefined ? [] : [`${plugin}=${label}`];
  });
  if (found.length === 0) return 'clean';
  return found
    .join(', ')
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, maxLength);
}

/** The short word for what was found; undefined when nothing was. */
export function labelOf(verdict: Verdict): string | undefined {
  switch (verdict.kind) {
    case 'pass':
    case 'score':
      return undefined;
    case 'flag':
      return verdict.label;
    case 'block':
      return verdict.finding;
    case 'tempfail':
      return 'not-judged';
  }
}
