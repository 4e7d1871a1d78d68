// Owns what a receiver may answer about a message. Anything else is a failure, not a verdict. Pure.
import { block, flag, pass, score, tempfail, type Verdict, z } from '#plugin-api';

const word = z.string().regex(/^[A-Za-z0-9][\w.:/+-]{0,99}$/);
const sentence = z
  .string()
  .max(500)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u);

// Strict, so that a misspelt word is a failure and not a weaker verdict.
const answerSchema = z.discriminatedUnion('verdict', [
  z.strictObject({ verdict: z.literal('pass') }),
  z.strictObject({ verdict: z.literal('flag'), label: word, evidence: sentence.optional() }),
  z.strictObject({
    verdict: z.literal('block'),
    finding: word,
    explanation: sentence.optional(),
    evidence: sentence.optional(),
    paths: z
      .array(z.string().regex(/^\d+(?:\.\d+)*$/))
      .min(1)
      .max(100)
      .optional(),
  }),
  z.strictObject({
    verdict: z.literal('score'),
    logOdds: z.number().min(-20).max(20),
    reasons: z
      .array(z.strictObject({ name: word, logOdds: z.number().min(-20).max(20) }))
      .max(20)
      .default([]),
  }),
  z.strictObject({ verdict: z.literal('tempfail'), reason: sentence.optional() }),
]);

/** Throws when the octets are no answer. */
export function toVerdict(octets: Buffer): Verdict {
  const result = answerSchema.safeParse(parse(octets));
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new Error(`the answer is not a verdict (${where === '' ? 'verdict' : where})`);
  }
  const answer = result.data;
  switch (answer.verdict) {
    case 'pass':
      return pass();
    case 'flag':
      return flag(answer.label, answer.evidence);
    case 'block': {
      const { finding, explanation, evidence, paths } = answer;
      return block(finding, {
        ...(explanation === undefined ? {} : { explanation }),
        ...(evidence === undefined ? {} : { evidence }),
        ...(paths === undefined ? {} : { paths }),
      });
    }
    case 'score':
      return score(answer.logOdds, answer.reasons);
    case 'tempfail':
      return tempfail(answer.reason ?? 'the receiver cannot judge the message now');
  }
}

function parse(octets: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(octets));
  } catch (cause) {
    throw new Error('the answer is not JSON', { cause });
  }
}
