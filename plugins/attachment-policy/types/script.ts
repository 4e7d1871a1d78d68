// Owns telling scripts by content. Most have no mark and are known by their names only. Pure.
import type { Kind } from './kind.ts';

function script(type: string, detail: string): Kind {
  return { type, trait: 'script', detail };
}

// Each at the start of the file, behind a byte order mark and blanks.
const marks: readonly (readonly [pattern: RegExp, kind: Kind])[] = [
  [/^#![ \t]{0,8}\/[^\n]{0,200}/, script('sh', 'a script for Unix')],
  [/^@?echo off\b/i, script('bat', 'a batch file')],
  [/^#@~\^[\w+/=]{6}==/, script('vbe', 'an encoded script')],
  [
    /^(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[\s\S]{0,400}?-->\s*)?<(?:job|package)\b[^>]{0,200}>\s*(?:<\?job[^>]{0,200}>\s*)?<(?:script|runtime|job|object|reference)\b/i,
    script('wsf', 'a Windows script'),
  ],
  [
    /^(?:<\?xml[^>]{0,200}>\s*)?<(?:scriptlet|component)\b[\s\S]{0,2000}<script\b/i,
    script('sct', 'a Windows script component'),
  ],
];

// A HTML application is a web page with this element, in any place.
const application = /<hta:application\b/i;
const searchedLength = 4096;

/** `text` is the start of the file, with its encoding undone. */
export function findScript(text: string): Kind | undefined {
  const start = text.slice(0, searchedLength).trimStart();
  const found = marks.find(([pattern]) => pattern.test(start))?.[1];
  if (found !== undefined) return found;
  return application.test(start) ? script('hta', 'an HTML application') : undefined;
}
