// Owns the table of evasions: the share of held-out spam that a filter still catches once it is disguised.
// Each filter gets the threshold at which it misjudges the same share of the held-out ham.
import { allEvasions } from './evasions/all-evasions.ts';
import type { Means } from './evasions/evasion.ts';
import { wordsOf } from './evasions/ham-words.ts';
import { type Letter, readLetter } from './evasions/letter.ts';
import type { Score, SpamFilter } from './filters/filter.ts';
import type { Mail } from './mail.ts';
import { seededRandom } from './random.ts';
import type { EvasionReport } from './report.ts';
import { dealFolds, heldOut } from './schedule.ts';

const allowedHamPercent = 0.5;
const meansSeed = 10;

/** Spam that was not learnt, as it was and disguised; `spamAt` are the places of the first. */
interface Disguised {
  readonly name: string;
  readonly title: string;
  readonly places: readonly number[];
}

export async function measureEvasions(
  filters: readonly SpamFilter[],
  mails: readonly Mail[],
): Promise<EvasionReport> {
  const foldOf = dealFolds(mails);
  const isHeldOut = foldOf.map((fold) => fold === 0);
  const spamPlaces = placesOf(mails, isHeldOut, 'spam');
  const hamPlaces = placesOf(mails, isHeldOut, 'ham');
  const letters: Letter[] = [];
  for (const at of spamPlaces) letters.push(await readLetter(octetsAt(mails, at)));
  const means = {
    hamWords: await hamWordsOf(mails.filter((_, at) => isHeldOut[at] !== true)),
    random: seededRandom(meansSeed),
  };
  const all = [...mails];
  const rows = [
    { name: 'none', title: 'as it was', places: spamPlaces },
    ...disguiseAll(letters, means, all),
  ];
  const caught = new Map<string, Map<string, number>>();
  for (const filter of filters) {
    const course = heldOut(
      all.map((_, at) => isHeldOut[at] !== false),
      'drawn',
    );
    const { scores } = await filter.follow(all, course);
    caught.set(filter.name, caughtShares(scores, hamPlaces, rows));
  }
  return {
    spam: spamPlaces.length,
    hamMissedPercent: allowedHamPercent,
    evasions: rows.map(({ name, title }) => ({
      evasion: name,
      title,
      caughtPercent: Object.fromEntries(
        [...caught].map(([filter, shares]) => [filter, shares.get(name) ?? Number.NaN]),
      ),
    })),
  };
}

/** Adds the disguised messages to `all` and says where they stand. */
function disguiseAll(letters: readonly Letter[], means: Means, all: Mail[]): Disguised[] {
  return allEvasions.map(({ name, title, disguise }) => ({
    name,
    title,
    places: letters.map((letter, index) => {
      const path = `${name}/${index}.eml`;
      all.push({ path, label: 'spam', source: 'disguised', octets: disguise(letter, means) });
      return all.length - 1;
    }),
  }));
}

function caughtShares(
  scores: readonly Score[],
  hamPlaces: readonly number[],
  rows: readonly Disguised[],
): Map<string, number> {
  const scoreOf = new Map(scores.map(({ at, score }) => [at, score]));
  const ham = hamPlaces.map((at) => scoreOf.get(at) ?? Number.NaN).toSorted((a, b) => b - a);
  const bar = ham[Math.floor((allowedHamPercent / 100) * ham.length)] ?? Number.NaN;
  return new Map(
    rows.map(({ name, places }) => {
      const caught = places.filter((at) => (scoreOf.get(at) ?? Number.NaN) > bar).length;
      return [name, (100 * caught) / places.length];
    }),
  );
}

async function hamWordsOf(mails: readonly Mail[]): Promise<string[]> {
  const words: string[] = [];
  for (const { label, octets } of mails) {
    if (label === 'ham') words.push(...wordsOf((await readLetter(octets)).plain ?? ''));
  }
  return words;
}

function placesOf(
  mails: readonly Mail[],
  isHeldOut: readonly boolean[],
  label: Mail['label'],
): number[] {
  return [...mails.keys()].filter((at) => isHeldOut[at] === true && mails[at]?.label === label);
}

function octetsAt(mails: readonly Mail[], at: number): Buffer {
  const mail = mails[at];
  if (mail === undefined) throw new RangeError(`no message ${at}`);
  return mail.octets;
}
