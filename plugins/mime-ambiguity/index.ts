// Owns the plugin that turns the ambiguities of a message into a verdict. It finds none itself.
import { type Ambiguity, block, definePlugin, flag, pass, type Verdict } from '#plugin-api';
import { type Choice, type MimeAmbiguityOptions, optionsSchema } from './options.ts';

// To be raised when a judgement changes, so that remembered verdicts are not used any longer.
const rulesVersion = 'mime-ambiguity/1';
const maxEvidence = 5;

const explanations: Readonly<Record<Ambiguity['reach'], string>> = {
  resolved: 'The message is built so that mail programs read it in different ways.',
  unresolved: 'The message is built so that not all of its content can be checked.',
};

export default definePlugin<MimeAmbiguityOptions>({
  name: 'mime-ambiguity',
  version: '1',
  options: optionsSchema,
  setup(options) {
    return {
      inspect: async (message) => judge(await message.ambiguities(), options),
      cacheKey: () => rulesVersion,
    };
  },
});

function judge(ambiguities: readonly Ambiguity[], options: MimeAmbiguityOptions): Verdict {
  const chosen = Map.groupBy(ambiguities, (ambiguity) => choiceFor(ambiguity, options));
  const blocked = chosen.get('block') ?? [];
  const [worst] = blocked;
  if (worst !== undefined) {
    const about = { explanation: explanations[worst.reach], evidence: evidenceOf(blocked) };
    const paths = pathsOf(blocked);
    return block(worst.kind, paths === undefined ? about : { ...about, paths });
  }
  const flagged = chosen.get('flag') ?? [];
  const [first] = flagged;
  return first === undefined ? pass() : flag(first.kind, evidenceOf(flagged));
}

function choiceFor({ kind, reach }: Ambiguity, { byReach, rules }: MimeAmbiguityOptions): Choice {
  return rules.get(kind) ?? byReach[reach];
}

/** `uuencode in 1.2, tnef in 1.3`. */
function evidenceOf(ambiguities: readonly Ambiguity[]): string {
  const named = ambiguities.slice(0, maxEvidence).map(({ kind, path }) => `${kind} in ${path}`);
  const others = ambiguities.length - named.length;
  return others > 0 ? `${named.join(', ')} and ${others} more` : named.join(', ');
}

/** The parts concerned, unless it is the message as a whole: then nothing is left to deliver. */
function pathsOf(ambiguities: readonly Ambiguity[]): string[] | undefined {
  // What is found in a reading lies in the part that is read so.
  const paths = new Set(ambiguities.map(({ path }) => path.split('~', 1)[0] ?? path));
  return paths.has('1') ? undefined : [...paths];
}
