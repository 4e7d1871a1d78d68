// Owns the relationships of an Office document that fetch active content from elsewhere as soon as it
// is opened. Links that a reader follows, and templates on the own disk, are ordinary. Pure.
import { unescapeReferences } from './markup-text.ts';

/** Relationship types whose target is opened without a click. */
const activeType = /\/(?:attachedTemplate|oleObject|frame|subDocument|control)$/i;

/** The first such target: `http://example.net/a.dotm`. */
export function findExternalContent(relationships: string): string | undefined {
  // An attribute may hold `>`, but never `<`.
  for (const element of relationships.split('<')) {
    if (!/^(?:\w{1,20}:)?Relationship\s/i.test(element)) continue;
    const attributes = attributesOf(element);
    if (attributes.get('targetmode')?.toLowerCase() !== 'external') continue;
    if (!activeType.test(attributes.get('type') ?? '')) continue;
    const target = attributes.get('target') ?? '';
    if (isElsewhere(target)) return target;
  }
  return undefined;
}

/** One after the other, since a value may hold what looks like another attribute. */
function attributesOf(element: string): ReadonlyMap<string, string> {
  const pairs = element.matchAll(/([^\s=<>"'/]{1,100})\s*=\s*(?:"([^"]*)"|'([^']*)')/g);
  const found = new Map<string, string>();
  for (const [, name = '', double, single = ''] of pairs) {
    found.set(name.toLowerCase(), unescapeReferences(double ?? single));
  }
  return found;
}

/**
 * Anything on the network but a share of the own one, which is named without a dot. `file:///C:/` and
 * `Normal.dotm` are what Office writes for a template of the author.
 */
export function isElsewhere(target: string): boolean {
  const text = target.trim().replaceAll('\\', '/');
  const host = /^(?:file:)?(?:\/{2}|\/{4,5})(?!\/)([^/]+)/i.exec(text)?.[1];
  if (host !== undefined) return /[.@]/.test(host);
  return /^(?!file:|[a-z]:)[a-z][a-z0-9+.-]*:/i.test(text);
}
