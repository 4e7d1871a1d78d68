// Owns who wrote an Authentication-Results field. Pure.

/**
 * Whether the field claims to be of this server. A reader may take comments, blanks, quotes and case
 * less strictly than RFC 8601 s.2.2 has them, so whatever is not written as it should be does when
 * our name stands before its first result.
 */
export function claims(value: string, authservId: string): boolean {
  const wanted = authservId.toLowerCase();
  const parsed = authservIdOf(value);
  if (parsed !== undefined) return parsed.replace(/\.$/, '') === wanted;
  const { text, isBalanced } = withoutComments(value);
  if (!isBalanced) return squeezed(value).includes(wanted);
  // An encoded word may say anything, and no honest name is written as one.
  if (/=\?[^?]*\?[bq]\?/i.test(value.split(';', 1)[0] ?? '')) return true;
  return [value, text].some((form) => squeezed(beforeResults(form)).includes(wanted));
}

/** In lower case; undefined when the value does not begin with one as it should. */
export function authservIdOf(value: string): string | undefined {
  const { text, isBalanced } = withoutComments(value);
  if (!isBalanced) return undefined;
  const [, quoted, token] = idPattern.exec(text) ?? [];
  return (quoted?.replaceAll(/\\(.)/g, '$1').trim() ?? token)?.toLowerCase();
}

// RFC 2045 s.5.1: a token, or a quoted string; behind it a version and then the results.
const idPattern =
  /^[ \t\r\n]*(?:"((?:[^"\\\p{Cc}\P{ASCII}]|\\[ -~])*)"|([^ "(),/:;<=>?@[\\\]\p{Cc}\P{ASCII}]+))(?:[ \t\r\n]+\d+)?[ \t\r\n]*(?:;|$)/u;

/** A result is `method=result`. */
function beforeResults(text: string): string {
  return text.split('=', 1)[0] ?? '';
}

/** Without what a reader may drop: blanks, control characters, quotes, 8-bit octets. */
function squeezed(text: string): string {
  return text.replaceAll(/[ "\\\p{Cc}\P{ASCII}]/gu, '').toLowerCase();
}

/** RFC 5322 s.3.2.2: a comment counts as a blank, and may hold others. Time is linear. */
function withoutComments(value: string): { readonly text: string; readonly isBalanced: boolean } {
  let text = '';
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < value.length; at += 1) {
    const character = value.charAt(at);
    const isPair = character === '\\' && (isQuoted || depth > 0);
    const octets = isPair ? value.slice(at, at + 2) : character;
    if (isPair) at += 1;
    if (depth === 0 && character === '"') isQuoted = !isQuoted;
    if (!isQuoted && character === '(') depth += 1;
    if (depth === 0) text += octets;
    if (!isQuoted && character === ')' && depth > 0) {
      depth -= 1;
      if (depth === 0) text += ' ';
    }
  }
  return { text, isBalanced: depth === 0 && !isQuoted };
}
