// Owns a plugin for tests that scores by the subject, and writes down what it is taught: one line of JSON for
// each lesson, whichever process gives it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface TaughtLine {
  readonly as: string;
  /** `lesson`, or `sender` for what is wanted of one. */
  readonly kind: 'lesson' | 'sender';
  readonly weight?: string;
  readonly source: string;
  /** Null for all accounts. */
  readonly user: string | null;
  readonly subject: string;
  readonly octets: number;
}

/** For `files` of a configuration; used as `./pupil.mjs`. */
export const pupilFile = { 'pupil.mjs': pupilSource() };

function pupilSource(): string {
  return `import { appendFile } from 'node:fs/promises';
const odds = { spam: 6, unsure: 1, ham: -6 };
export default {
  name: 'pupil',
  setup: (_options, { resolvePath }) => {
    const noted = async (kind, { message, account, ...facts }) => {
      const subject = (await message.headers()).get('Subject') ?? '';
      if (subject.includes('indigestible')) throw new Error('cannot learn this');
      const user = account?.user ?? null;
      const octets = await message.size();
      const line = JSON.stringify({ kind, ...facts, user, subject, octets });
      await appendFile(resolvePath('./taught.jsonl'), line + '\\n');
      return { kind: 'learned' };
    };
    return {
      givesScores: true,
      async inspect(message) {
        const [word] = ((await message.headers()).get('Subject') ?? '').split(' ');
        if (word === 'virus') return { kind: 'block', finding: 'Worm' };
        return { kind: 'score', logOdds: odds[word] ?? -6, reasons: [] };
      },
      learn: (lesson) => noted('lesson', lesson),
      heedSender: (wish) => noted('sender', wish),
    };
  },
};
`;
}

/** What has been taught so far, in the order in which it was. */
export async function taughtIn(folder: string): Promise<TaughtLine[]> {
  const text = await readFile(join(folder, 'taught.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): TaughtLine => JSON.parse(line));
}
