// Owns CAPA: reading an upstream's list and composing ours. Ours is an allow-list; nothing unknown is handed on.

/** Whether a session has asked for UTF-8 (RFC 6856 s.2); without, text is octets that nobody decodes. */
export type TextMode = 'octets' | 'utf8';

/** What an upstream announced, as far as Postern uses it. */
export interface UpstreamCapabilities {
  readonly hasStls: boolean;
  readonly hasUidl: boolean;
  readonly hasTop: boolean;
  readonly hasUser: boolean;
  readonly hasPipelining: boolean;
  /** RFC 6856 s.2. */
  readonly hasUtf8: boolean;
  /** UTF8 with the argument USER: names and passwords may be UTF-8 as well. */
  readonly hasUtf8User: boolean;
  /** RFC 6856 s.3. */
  readonly hasLang: boolean;
  /** Upper-case mechanism names. */
  readonly saslMechanisms: readonly string[];
  /** Argument of EXPIRE as announced: `0`, `NEVER`, `60 USER`. */
  readonly expire: string | undefined;
  /** Argument of LOGIN-DELAY. */
  readonly loginDelay: string | undefined;
}

/** An upstream that has no CAPA: what RFC 1939 makes mandatory, UIDL and TOP by trial. */
export const unknownCapabilities: UpstreamCapabilities = {
  hasStls: false,
  hasUidl: true,
  hasTop: true,
  hasUser: true,
  hasPipelining: false,
  hasUtf8: false,
  hasUtf8User: false,
  hasLang: false,
  saslMechanisms: [],
  expire: undefined,
  loginDelay: undefined,
};

/** Reads the lines of a CAPA response; unknown ones are passed over. */
export function parseCapabilities(lines: readonly Buffer[]): UpstreamCapabilities {
  const announced = new Map<string, string>();
  for (const line of lines) {
    const [tag, ...words] = line.toString('latin1').trim().split(/\s+/);
    if (tag !== undefined) announced.set(tag.toUpperCase(), words.join(' '));
  }
  const mechanisms = announced.get('SASL') ?? '';
  return {
    hasStls: announced.has('STLS'),
    hasUidl: announced.has('UIDL'),
    hasTop: announced.has('TOP'),
    hasUser: announced.has('USER'),
    hasPipelining: announced.has('PIPELINING'),
    hasUtf8: announced.has('UTF8'),
    hasUtf8User: announced.get('UTF8')?.toUpperCase().split(' ').includes('USER') === true,
    hasLang: announced.has('LANG'),
    saslMechanisms: mechanisms.toUpperCase().split(' ').filter(Boolean),
    expire: safeArgument(announced.get('EXPIRE'), /^(?:NEVER|\d{1,6})(?: USER)?$/i),
    loginDelay: safeArgument(announced.get('LOGIN-DELAY'), /^\d{1,6}(?: USER)?$/i),
  };
}

function safeArgument(value: string | undefined, form: RegExp): string | undefined {
  return value !== undefined && form.test(value) ? value.toUpperCase() : undefined;
}

/**
 * What holds at every one of several upstreams. UIDL is found by trial, so that one that has it is reason
 * enough to go on asking. Undefined when one of them is unknown.
 */
export function commonCapabilities(
  known: readonly (UpstreamCapabilities | undefined)[],
): UpstreamCapabilities | undefined {
  const [first, ...others] = known;
  if (first === undefined) return undefined;
  let common = first;
  for (const other of others) {
    if (other === undefined) return undefined;
    common = {
      hasStls: common.hasStls && other.hasStls,
      hasUidl: common.hasUidl || other.hasUidl,
      hasTop: common.hasTop && other.hasTop,
      hasUser: common.hasUser && other.hasUser,
      hasPipelining: common.hasPipelining && other.hasPipelining,
      hasUtf8: common.hasUtf8 && other.hasUtf8,
      hasUtf8User: common.hasUtf8User && other.hasUtf8User,
      hasLang: common.hasLang && other.hasLang,
      saslMechanisms: common.saslMechanisms.filter((each) => other.saslMechanisms.includes(each)),
      expire: common.expire === other.expire ? common.expire : undefined,
      loginDelay: common.loginDelay === other.loginDelay ? common.loginDelay : undefined,
    };
  }
  return common;
}

/** What decides our own list. */
export interface CapabilityFacts {
  readonly isTransaction: boolean;
  readonly canLogIn: boolean;
  readonly canStartTls: boolean;
  /** Known after login; before it what earlier sessions were told, if there were any. */
  readonly upstream: UpstreamCapabilities | undefined;
}

/**
 * Our CAPA lines: exact upper case without trailing blanks, since some clients compare whole lines.
 * TOP is always ours, cut from the filtered message; UIDL needs the upstream's.
 */
export function composeCapabilities(facts: CapabilityFacts): string[] {
  const lines = ['TOP'];
  if (facts.upstream?.hasUidl !== false) lines.push('UIDL');
  lines.push('RESP-CODES', 'AUTH-RESP-CODE', 'PIPELINING');
  if (!facts.isTransaction && facts.canStartTls) lines.push('STLS');
  if (facts.canLogIn) lines.push('USER', 'SASL PLAIN LOGIN');
  // RFC 6856 s.2 and 3: both are announced in both states.
  if (facts.upstream?.hasUtf8 === true) {
    lines.push(facts.upstream.hasUtf8User ? 'UTF8 USER' : 'UTF8');
  }
  if (facts.upstream?.hasLang === true) lines.push('LANG');
  if (facts.isTransaction && facts.upstream?.expire !== undefined) {
    lines.push(`EXPIRE ${facts.upstream.expire}`);
  }
  if (facts.isTransaction && facts.upstream?.loginDelay !== undefined) {
    lines.push(`LOGIN-DELAY ${facts.upstream.loginDelay}`);
  }
  return lines;
}
