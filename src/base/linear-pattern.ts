// Owns regular expressions of administrators that meet text of strangers: matched in time linear to the
// text, whatever both are (RE2; a pattern of V8 may take exponential time).
import { RE2JS } from 're2js';

export class LinearPattern {
  readonly #compiled: RE2JS;

  /** In the syntax of RE2: no look-around and no back references. Throws SyntaxError that says what is wrong. */
  constructor(source: string) {
    try {
      this.#compiled = RE2JS.compile(source);
    } catch (error) {
      throw new SyntaxError(error instanceof Error ? error.message : String(error), {
        cause: error,
      });
    }
  }

  /** Of capturing groups. */
  get groups(): number {
    return this.#compiled.groupCount();
  }

  /** Does it fit anywhere in the text? */
  isIn(text: string): boolean {
    return this.#compiled.matcher(text).find();
  }

  /**
   * The text with its first match replaced: `$1` to `$9` are groups, `$0` is the match, `$$` is a dollar
   * sign. A group that took no part is empty.
   */
  replaceIn(text: string, replacement: string): string {
    const matcher = this.#compiled.matcher(text);
    if (!matcher.find()) return text;
    const inserted = replacement.replaceAll(/\$([$0-9])/g, (_, which: string) =>
      which === '$' ? '$' : (matcher.group(Number(which)) ?? ''),
    );
    return text.slice(0, matcher.start()) + inserted + text.slice(matcher.end());
  }
}

/** The highest group that a replacement names; undefined when it holds a dollar sign that means nothing. */
export function highestGroup(replacement: string): number | undefined {
  if (/\$(?![$0-9])/.test(replacement.replaceAll('$$', ''))) return undefined;
  const named = replacement.replaceAll('$$', '').matchAll(/\$([0-9])/g);
  return Math.max(0, ...[...named].map(([, group]) => Number(group)));
}
