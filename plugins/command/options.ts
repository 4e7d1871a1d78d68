// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { duration, integer, optionalSize, z } from '#plugin-api';

/** What the administrator lets an exit code mean: a judgement, or what becomes of the message. */
export type Meaning = (typeof meanings)[number];
type Mode = (typeof modes)[number];

const modes = ['inspect', 'text', 'transform'] as const;
const judgements = ['pass', 'block', 'flag', 'tempfail'] as const;
const changes = ['replace', 'unchanged'] as const;
const meanings = [...judgements, ...changes] as const;

const meaningsIn: Readonly<Record<Mode, readonly Meaning[]>> = {
  inspect: judgements,
  text: [],
  transform: changes,
};

const defaultCodes: Readonly<Record<Mode, Readonly<Record<string, Meaning>>>> = {
  inspect: { 0: 'pass', 1: 'block', 2: 'flag', 75: 'tempfail' },
  text: {},
  transform: { 0: 'replace', 99: 'unchanged' },
};

const mebibyte = 1024 ** 2;
const defaultOutputBytes: Readonly<Record<Mode, number>> = {
  inspect: mebibyte,
  text: mebibyte,
  transform: 64 * mebibyte,
};

const commandError = 'expected a list: the path of a program, then its arguments';
const codesError = 'expected exit codes from 0 to 255, such as {0: pass, 1: block}';
const environmentError = 'expected a list of names of environment variables';

const argument = z.string({ error: commandError }).regex(/^[^\0]*$/, { error: commandError });

export const optionsSchema = z
  .strictObject({
    command: z
      .tuple([argument.min(1, { error: commandError })], argument, { error: commandError })
      .describe('Path of a program and its arguments. No shell takes part, PATH is not searched.'),
    mode: z
      .enum(modes, { error: `expected one of ${modes.join(', ')}` })
      .default('inspect')
      .describe(
        'inspect: the program judges the message. text: it rewrites each text of it. transform: it rewrites all of it.',
      ),
    exit_codes: z
      .record(
        z.string().regex(/^(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/, { error: codesError }),
        z.enum(meanings, { error: `expected one of ${meanings.join(', ')}` }),
        { error: codesError },
      )
      .optional()
      .describe('What exit codes mean in the modes inspect and transform; any other is a failure.'),
    timeout: duration(
      'Longest wait for the program: while it takes no octets, and after the last one.',
      { fallback: '20s', min: '1ms', max: '1h' },
    ),
    max_output: optionalSize(
      'More than this from the program is a failure; by default 1MB, with transform 64MB.',
      { example: '1MB', min: '1B', max: '1GB' },
    ),
    max_concurrent: integer('Programs running at a time; further messages wait in order.', {
      min: 1,
      max: 1000,
    }).default(4),
    pass_environment: z
      .array(z.string().regex(/^[A-Za-z_]\w*$/, { error: environmentError }), {
        error: environmentError,
      })
      .default([])
      .describe("Variables of Postern's own environment that the program gets; by default none."),
  })
  .transform((options, context) => {
    const { mode } = options;
    const codes = Object.entries(options.exit_codes ?? defaultCodes[mode]);
    const odd = codes.find(([, is]) => !meaningsIn[mode].includes(is));
    if (odd !== undefined) {
      const path = ['exit_codes', odd[0]];
      context.addIssue({ code: 'custom', path, message: wordsFor(mode) });
      return z.NEVER;
    }
    return {
      command: options.command,
      mode,
      meanings: new Map(codes.map(([code, is]) => [Number(code), is])),
      timeoutMs: options.timeout,
      maxOutputBytes: options.max_output ?? defaultOutputBytes[mode],
      maxConcurrent: options.max_concurrent,
      passEnvironment: options.pass_environment,
    };
  });

function wordsFor(mode: Mode): string {
  const words = meaningsIn[mode];
  return words.length === 0
    ? `expected no exit codes with mode: ${mode}`
    : `expected one of ${words.join(', ')} with mode: ${mode}`;
}

export type CommandOptions = z.output<typeof optionsSchema>;
