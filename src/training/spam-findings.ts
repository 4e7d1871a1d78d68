// Owns which findings are about spam: only where there is one does a release or a deletion say anything
// about it, and only where there is no other may a reader release a message.
import type { TrainingConfig } from '../config/schema.ts';

export interface ReleasableFinding {
  readonly plugin: string;
  readonly finding: string;
}

/** What all scores together come to is found by Postern itself, under these names. */
const spamWords: readonly string[] = ['spam', 'maybe-spam'];

export function isAboutSpam(
  { plugin, finding }: ReleasableFinding,
  plugins: readonly string[],
): boolean {
  if (plugins.includes(plugin)) return true;
  return plugin === 'postern' && spamWords.includes(finding);
}

export function concernsSpam(
  findings: readonly ReleasableFinding[],
  plugins: readonly string[],
): boolean {
  return findings.some((finding) => isAboutSpam(finding, plugins));
}

/** All of them, so that nothing that another plugin has found is let go. */
export function mayRelease(
  findings: readonly ReleasableFinding[],
  settings: TrainingConfig['readerRelease'],
): boolean {
  if (settings === undefined || findings.length === 0) return false;
  return findings.every((finding) => isAboutSpam(finding, settings.plugins));
}
