// Owns the step from what a plugin returned to a verdict. Plugins need not be written in TypeScript; the
// texts they give go into headers, notices and the index of the quarantine, and are remembered.
import type { Verdict } from '../plugin-api/verdict.ts';

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
    case 'tempfail': {
      const reason = text('reason');
      return reason === undefined ? undefined : Object.freeze({ kind, reason });
    }
    default:
      return undefined;
  }
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
