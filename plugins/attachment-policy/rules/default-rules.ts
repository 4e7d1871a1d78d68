// Owns the rules that hold unless the administrator has others. Their names are in headers, logs and
// policies: they stay.
import type { Trait } from '../trait.ts';
import type { Rule, RuleVerdict } from './rule.ts';

function rule(name: string, verdict: RuleVerdict, ...traits: readonly Trait[]): Rule {
  return { name, verdict, match: { traits } };
}

/** In this order: what is certain comes before what is merely likely. */
export const defaultRules: readonly Rule[] = [
  rule('Eicar-Test-Signature', 'block', 'test-virus'),
  rule('rtl-override-name', 'block', 'rtl-name'),
  rule('double-extension', 'block', 'double-extension'),
  rule('long-blank-name', 'block', 'long-blank-name'),
  rule('dangerous-extension', 'block', 'dangerous-name'),
  rule('executable', 'block', 'executable'),
  rule('shortcut', 'block', 'shortcut'),
  rule('disk-image', 'block', 'disk-image'),
  rule('installer', 'block', 'installer'),
  rule('onenote', 'block', 'onenote'),
  rule('archive-bomb', 'block', 'archive-bomb', 'too-deep'),
  rule('archive-ambiguous', 'block', 'archive-ambiguous'),
  rule('html-smuggling', 'block', 'html-smuggling'),
  rule('svg-script', 'block', 'svg-script'),
  rule('pdf-launch', 'block', 'pdf-launch'),
  rule('external-template', 'block', 'external-template'),
  rule('macro-document', 'block', 'macro'),
  rule('encrypted-archive', 'flag', 'encrypted-archive'),
  rule('encrypted-document', 'flag', 'encrypted-document'),
  rule('archive-unreadable', 'flag', 'unreadable-archive', 'too-large'),
  rule('hidden-structure', 'flag', 'hidden-structure'),
  rule('script', 'flag', 'script'),
  rule('pdf-script', 'flag', 'pdf-script'),
  rule('embedded-object', 'flag', 'embedded-object'),
  rule('type-mismatch', 'flag', 'type-mismatch'),
];
