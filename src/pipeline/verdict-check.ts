// Owns the step from what a plugin returned to a verdict. Plugins need not be written in TypeScript; the
// texts they give go into headers, notices and the index of the quarantine, and are remembered.
import type { ScoreReason, ScoreVerdict, Verdict } from '../plugin-api/verdict.ts';

/** More than this tells a reader nothing, and every copy of it is kept for long. */
const maxTextLength = 1000;

/** A copy, so that nobody can change later what was judged; undefined for what is no verdict. */
export function verdictFrom(value: unknown): Verdict | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  const { kind } = value;
  const text = (key: string): string | undefined => shortened(Reflect.get(value, key));
  switch (kind) {
    case 'pass':
      return Object.freeze({ kind });
    case 'flag': {
      const label = text('label');
      const more = optionalTexts(value, ['evidence']);
      return label === undefined || more === undefined
        ? undefined
        : Object.freeze({ kind, label, ...more });
    }
    case 'block': {
      const finding = text('finding');
      const more = optionalTexts(value, ['explanation', 'part', 'evidence']);
      const paths = listOfText(Reflect.get(value, 'paths'));
      return finding === undefined || more === undefined || paths === 'invalid'
        ? undefined
        : Object.freeze({ kind, finding, ...more, ...(paths === undefined ? {} : { paths }) });
    }
    case 'score':
      return scoreFrom(value);
    case 'tempfail': {
      const reason = text('reason');
      return reason === undefined ? undefined : Object.freeze({ kind, reason });
    }
    default:
      return undefined;
  }
}

/** Beyond this the odds are beyond doubt, and one engine could not be outweighed by all others. */
const maxLogOdds = 20;
const mostReasons = 20;
const maxNameLength = 80;

function scoreFrom(value: object): ScoreVerdict | undefined {
  const logOdds = boundedOdds(Reflect.get(value, 'logOdds'));
  const given: unknown = Reflect.get(value, 'reasons');
  const isFinal: unknown = Reflect.get(value, 'isFinal');
  if (logOdds === undefined || !Array.isArray(given)) return undefined;
  if (isFinal !== undefined && typeof isFinal !== 'boolean') return undefined;
  const reasons: ScoreReason[] = [];
  for (const each of given.slice(0, mostReasons)) {
    const reason = reasonFrom(each);
    if (reason === undefined) return undefined;
    reasons.push(reason);
  }
  const verdict = { kind: 'score', logOdds, reasons: Object.freeze(reasons) } as const;
  return Object.freeze(isFinal === true ? { ...verdict, isFinal } : verdict);
}

function reasonFrom(value: unknown): ScoreReason | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const name = shortened(Reflect.get(value, 'name'))?.slice(0, maxNameLength).toWellFormed();
  const logOdds = boundedOdds(Reflect.get(value, 'logOdds'));
  const more = optionalTexts(value, ['text']);
  if (name === undefined || logOdds === undefined || more === undefined) return undefined;
  return Object.freeze({ name, logOdds, ...more });
}

function boundedOdds(value: unknown): number | undefined {
  if (typeof value !== 'number' || Number.isNaN(value)) return undefined;
  return Math.min(maxLogOdds, Math.max(-maxLogOdds, value));
}

function shortened(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, maxTextLength).toWellFormed() : undefined;
}

/** Those that are there; undefined when one of them is no text. */
function optionalTexts<Key extends string>(
  from: object,
  keys: readonly Key[],
): Partial<Record<Key, string>> | undefined {
  const texts: Partial<Record<Key, string>> = {};
  for (const key of keys) {
    const value: unknown = Reflect.get(from, key);
    if (value === undefined) continue;
    const text = shortened(value);
    if (text === undefined) return undefined;
    texts[key] = text;
  }
  return texts;
}

/** Whole, since a part that is left out would stay in the message. */
function listOfText(value: unknown): readonly string[] | undefined | 'invalid' {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) return 'invalid';
  const texts = value.filter((each): each is string => typeof each === 'string');
  return texts.length === value.length ? Object.freeze([...new Set(texts)]) : 'invalid';
}
