// Owns the page with which a reader gets a message that was held as spam. What anything else has found
// something in is never released here, whatever the link says.
import { plainLine } from '../../pipeline/notice/plain-text.ts';
import type { QuarantineEntry } from '../../stores/store.ts';
import { actForm, doneLine, factTable, line, type PageContent } from './page-html.ts';
import type { PageWords } from './page-words.ts';

export interface ReleasePageServices {
  /** The configuration lets readers release what has these findings. */
  mayRelease(entry: QuarantineEntry): boolean;
  /** Its content is there. */
  isSafe(entry: QuarantineEntry): Promise<boolean>;
  release(entry: QuarantineEntry): Promise<void>;
}

export const releaseAct = 'release';

export async function showHeld(
  entry: QuarantineEntry,
  words: PageWords,
  { mayRelease }: ReleasePageServices,
): Promise<PageContent> {
  if (!mayRelease(entry)) return pageOf(entry, words, [line(words.notReleasable)]);
  if (entry.state !== 'held') return pageOf(entry, words, [line(stateOf(entry, words))]);
  return pageOf(entry, words, [
    actForm(words.releaseQuestion, [{ act: releaseAct, text: words.release }]),
  ]);
}

/** Once: a message that was released, collected or deleted before stays as it is. */
export async function releaseHeld(
  entry: QuarantineEntry,
  words: PageWords,
  services: ReleasePageServices,
): Promise<PageContent> {
  const isPossible = services.mayRelease(entry) && entry.state === 'held';
  if (!isPossible || !(await services.isSafe(entry))) return showHeld(entry, words, services);
  await services.release(entry);
  return pageOf(entry, words, [doneLine(words.released)]);
}

function stateOf({ state }: QuarantineEntry, words: PageWords): string {
  return state === 'released' ? words.released : words.releasedBefore;
}

function pageOf(
  { from, subject, date }: QuarantineEntry,
  words: PageWords,
  blocks: readonly string[],
): PageContent {
  const shown = (text: string | undefined): string => plainLine(text ?? '') || words.unknown;
  return {
    status: 200,
    title: words.releaseHeading,
    blocks: [
      factTable([
        [words.from, shown(from)],
        [words.subject, shown(subject)],
        [words.date, shown(date)],
      ]),
      ...blocks,
    ],
  };
}
