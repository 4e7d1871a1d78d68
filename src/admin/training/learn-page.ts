// Owns the page of one message: what it says about it, and what its buttons do. To look changes nothing: mail
// programs, virus scanners and search engines follow links before people do.
import { HeaderBlock, HeaderEndFinder } from '../../message/header-block.ts';
import { plainLine } from '../../pipeline/notice/plain-text.ts';
import {
  isAboutSender,
  type KeptMessage,
  type TrainingStore,
} from '../../stores/training-store.ts';
import type { GivenLesson } from '../../training/lesson-round.ts';
import { actForm, doneLine, factTable, line, type PageContent } from './page-html.ts';
import type { LearnAct, PageWords } from './page-words.ts';

export interface LearnPageServices {
  readonly store: TrainingStore;
  /** Gives a lesson that has been written down; undefined when another process is at it. */
  give(lesson: number): Promise<GivenLesson | undefined>;
  /** The page also offers lists of senders. */
  readonly offersSenders: boolean;
}

const contentActs: readonly LearnAct[] = ['spam', 'ham'];
const senderActs: readonly LearnAct[] = ['allow', 'block'];
const allActs: readonly LearnAct[] = [...contentActs, 'forget', ...senderActs, 'unlist'];

/** Undefined for what no button of the page sends. */
export function learnActFrom(
  text: string | null,
  { offersSenders }: Pick<LearnPageServices, 'offersSenders'>,
): LearnAct | undefined {
  const act = allActs.find((each) => each === text);
  return act !== undefined && isAboutSender(act) && !offersSenders ? undefined : act;
}

/** Rejects when the message is no longer kept, or not readable. */
export async function showMessage(
  kept: KeptMessage,
  words: PageWords,
  services: LearnPageServices,
): Promise<PageContent> {
  return pageOf(kept, words, services, []);
}

export async function actOnMessage(
  before: KeptMessage,
  act: LearnAct,
  words: PageWords,
  services: LearnPageServices,
): Promise<PageContent> {
  const { store, give } = services;
  const { id: message } = before;
  const number = store.note({ message, what: act, weight: 'correction', source: 'link' });
  const given = await give(number);
  const after = store.find(message) ?? before;
  const done = [doneLine(sayOf(given, act, words))];
  const undo = undoOf(before, act);
  if (given?.result !== 'dropped' && undo !== act) {
    done.push(actForm(undefined, [{ act: undo, text: words.undo }]));
  }
  return pageOf(after, words, services, done);
}

function sayOf(given: GivenLesson | undefined, act: LearnAct, words: PageWords): string {
  switch (given?.result) {
    case 'learned':
      return given.failed.length === 0 ? words.done[act] : `${words.done[act]} ${words.inPart}`;
    case 'unchanged':
      return `${words.unchanged} ${plainLine(given.reasons.join('; '))}`;
    case 'dropped':
      return words.notPossible;
    default:
      return words.later;
  }
}

/** What brings back the state of before. */
function undoOf({ taught, sender }: KeptMessage, act: LearnAct): LearnAct {
  return isAboutSender(act) ? (sender ?? 'unlist') : (taught ?? 'forget');
}

async function pageOf(
  kept: KeptMessage,
  words: PageWords,
  { store, offersSenders }: LearnPageServices,
  done: readonly string[],
): Promise<PageContent> {
  const header = headerOf(await store.read(kept.id));
  const { judged, taught, sender } = kept;
  const said = [taught, offersSenders ? sender : undefined].filter((each) => each !== undefined);
  const buttons = (acts: readonly LearnAct[]) =>
    acts.map((act) => ({ act, text: words.buttons[act] }));
  const ofContent = contentActs.filter((act) => act !== taught);
  const ofSender = senderActs.filter((act) => act !== sender);
  return {
    status: 200,
    title: words.heading,
    blocks: [
      factTable([
        [words.from, shown(header, 'From', words)],
        [words.subject, shown(header, 'Subject', words)],
        [words.date, shown(header, 'Date', words)],
      ]),
      ...(judged === undefined ? [] : [line(words.judged[judged])]),
      ...done,
      ...(done.length > 0 ? [] : said.map((each) => line(words.said[each]))),
      actForm(words.question, buttons(taught === undefined ? ofContent : [...ofContent, 'forget'])),
      ...(offersSenders
        ? [
            actForm(
              words.senderQuestion,
              buttons(sender === undefined ? ofSender : [...ofSender, 'unlist']),
            ),
          ]
        : []),
    ],
  };
}

function headerOf(octets: Buffer): HeaderBlock {
  return new HeaderBlock(octets.subarray(0, new HeaderEndFinder().push(octets) ?? octets.length));
}

function shown(header: HeaderBlock, name: string, { unknown }: PageWords): string {
  const text = plainLine(header.text(name) ?? '');
  return text === '' ? unknown : text;
}
