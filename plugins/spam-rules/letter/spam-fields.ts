// Owns how other filters write their verdict into header fields. Pure.

export interface ProviderVerdict {
  readonly result: 'spam' | 'ham';
  /** The field, for people. */
  readonly text: string;
}

const longestShown = 80;

/** Undefined for a field that says neither. The name is in lower case. */
export function readSpamField(name: string, value: string): ProviderVerdict | undefined {
  const result = resultOf(name, value.trim().toLowerCase());
  return result && { result, text: `${name}: ${value.trim().slice(0, longestShown)}` };
}

function resultOf(name: string, value: string): ProviderVerdict['result'] | undefined {
  switch (name) {
    // 5 and more is spam, -1 was let through by the administrator.
    case 'x-ms-exchange-organization-scl':
      return level(value, { spamFrom: 5, hamTo: 1 });
    case 'x-forefront-antispam-report': {
      const [, category] = /(?:^|;)\s*sfv:([a-z]+)/.exec(value) ?? [];
      if (category === 'spm' || category === 'sks' || category === 'skb') return 'spam';
      return category === 'nspm' || category === 'ska' || category === 'skn' ? 'ham' : undefined;
    }
    case 'x-spam-level':
      return /^\*{5}/.test(value) ? 'spam' : undefined;
    case 'x-gmx-antispam':
    case 'x-web-de-antispam':
      return level(value, { spamFrom: 5, hamTo: 0 });
    default:
      return word(value);
  }
}

function level(
  value: string,
  { spamFrom, hamTo }: { readonly spamFrom: number; readonly hamTo: number },
): ProviderVerdict['result'] | undefined {
  const number = Number.parseInt(value, 10);
  if (number >= spamFrom) return 'spam';
  return number <= hamTo ? 'ham' : undefined;
}

/** `Yes, score=7.1 required=5.0`, `YES`, `true`, `spam`. */
function word(value: string): ProviderVerdict['result'] | undefined {
  const [first = ''] = /^[a-z]+/.exec(value) ?? [];
  if (first === 'yes' || first === 'true' || first === 'spam') return 'spam';
  if (first === 'no' || first === 'false' || first === 'ham' || first === 'clean') return 'ham';
  return undefined;
}
