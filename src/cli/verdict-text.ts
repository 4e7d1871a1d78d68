// Owns how verdicts are shown on a terminal.
import type { NamedVerdict, SpamAssessment } from '../plugin-api/observation.ts';
import type { Verdict } from '../plugin-api/verdict.ts';

export function probabilityText({ result, probability }: SpamAssessment): string {
  return `spam: ${result}, probability ${(probability * 100).toFixed(1)} %`;
}

export function describe({ plugin, verdict }: NamedVerdict): string {
  return `${plugin}: ${describeVerdict(verdict)}`;
}

function describeVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'pass':
      return 'pass';
    case 'flag':
      return `flag ${verdict.label}${verdict.evidence === undefined ? '' : `: ${verdict.evidence}`}`;
    case 'block': {
      const part = verdict.part === undefined ? '' : ` in "${verdict.part}"`;
      return `block ${verdict.finding}${part}`;
    }
    case 'score': {
      const reasons = verdict.reasons.map(({ name, logOdds, text }) => {
        const about = text === undefined ? '' : ` ${text}`;
        return `\n    ${logOdds.toFixed(2).padStart(6)} ${name}${about}`;
      });
      return `score ${verdict.logOdds.toFixed(2)}${reasons.join('')}`;
    }
    case 'tempfail':
      return `tempfail: ${verdict.reason}`;
  }
}
