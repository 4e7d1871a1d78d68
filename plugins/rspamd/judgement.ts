// Owns the step from what rspamd says to a verdict. Pure.
import { block, type ScoreReason, score, tempfail, type Verdict } from '#plugin-api';
import type { RspamdOptions } from './options.ts';
import type { Reply } from './reply.ts';

export type JudgementOptions = Pick<
  RspamdOptions,
  'scale' | 'middle' | 'onReject' | 'onSoftReject' | 'onGreylist'
>;

const mostReasons = 20;
const longestText = 200;
const longestName = 64;

/**
 * Whatever thresholds rspamd has: what it takes for spam is spam here too (90 %), and what it would
 * have refused is so beyond doubt.
 */
const leastLogOdds: Readonly<Record<string, number>> = {
  'add header': 2.2,
  'rewrite subject': 2.2,
  reject: 7,
  discard: 7,
  quarantine: 7,
};

const refusals: ReadonlySet<string> = new Set(['reject', 'discard', 'quarantine']);

export function judge(reply: Reply, options: JudgementOptions): Verdict {
  const { action } = reply;
  const words = plain(reply.messages?.smtp_message ?? '');
  if (action === 'soft reject' && options.onSoftReject === 'defer') return later(action, words);
  if (action === 'greylist' && options.onGreylist === 'defer') return later(action, words);
  if (refusals.has(action) && options.onReject === 'block') {
    return block('rspamd-reject', {
      explanation: 'The spam filter refuses this message.',
      evidence: `score ${reply.score} of ${reply.required_score}${words === '' ? '' : `: ${words}`}`,
    });
  }
  // Of a message that it was told to leave alone it says nothing.
  const logOdds = reply.is_skipped === true ? 0 : options.scale * (reply.score - options.middle);
  const least = leastLogOdds[action];
  const reasons = reasonsOf(reply, options.scale);
  if (least === undefined || logOdds >= least) return score(logOdds, reasons);
  return score(least, [
    actionReason(action, least - logOdds, words),
    ...reasons.slice(0, mostReasons - 1),
  ]);
}

/** What the points of its symbols do not account for. */
function actionReason(action: string, logOdds: number, words: string): ScoreReason {
  const name = `action-${action.replaceAll(' ', '-')}`;
  return words === '' ? { name, logOdds } : { name, logOdds, text: words };
}

function later(action: string, words: string): Verdict {
  return tempfail(`rspamd: ${action}${words === '' ? '' : `: ${words}`}`);
}

/** Weightiest first. */
function reasonsOf({ symbols }: Reply, scale: number): ScoreReason[] {
  return Object.entries(symbols)
    .filter(([, symbol]) => symbol.score !== 0)
    .toSorted(([, a], [, b]) => Math.abs(b.score) - Math.abs(a.score))
    .slice(0, mostReasons)
    .map(([name, symbol]) => ({
      name: name.replaceAll(/[^A-Za-z0-9_.-]/g, '_').slice(0, longestName),
      logOdds: scale * symbol.score,
      ...textOf(symbol),
    }));
}

function textOf({ description = '', options = [] }: Reply['symbols'][string]): { text?: string } {
  const detail = plain(options.slice(0, 5).join(', '));
  const text = [plain(description), detail].filter((each) => each !== '').join(': ');
  return text === '' ? {} : { text: text.slice(0, longestText) };
}

/** Options may hold what stands in the message. */
function plain(text: string): string {
  return text
    .slice(0, longestText)
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim();
}
