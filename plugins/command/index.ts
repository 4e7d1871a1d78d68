// Owns asking a program of the administrator about each message. Whatever the program does but end
// with an agreed exit code is a failure, and never means "pass".
import { constants } from 'node:fs';
import { access, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  definePlugin,
  type MessageView,
  type PluginInstance,
  type PluginServices,
  type TransformContext,
  Turns,
} from '#plugin-api';
import { environmentFor } from './environment.ts';
import { failure, judge, replacementOf } from './judge.ts';
import { type CommandOptions, optionsSchema } from './options.ts';
import { rewriteTexts, type TextPlace, toText } from './rewrite-texts.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';

export default definePlugin<CommandOptions>({
  name: 'command',
  options: optionsSchema,
  async setup(options, services) {
    const [program, ...args] = options.command;
    const file = services.resolvePath(program);
    await mustBeProgram(file);
    const runner = new Runner([file, ...args], options, services);
    return { ...worker(options, runner, services), dispose: () => runner.close() };
  },
  async *check({ command: [program] }, { resolvePath }) {
    const file = resolvePath(program);
    yield await mustBeProgram(file).then(
      () => ({ level: 'ok' as const, found: `${file} can be run` }),
      (error: unknown) => ({
        level: 'fail' as const,
        found: `${file} cannot be run: ${error instanceof Error ? error.message : error}`,
        advice: 'Look at its path, and whether the user of the service may run it.',
      }),
    );
  },
});

function worker(
  { mode, meanings, maxOutputBytes }: CommandOptions,
  runner: Runner,
  services: PluginServices,
): PluginInstance {
  switch (mode) {
    case 'inspect':
      return {
        inspect: async (message) => judge(await runner.run(message, message.bytes()), meanings),
      };
    case 'text':
      return changing(async (message) => {
        const skipped = await rewriteTexts(message.body, maxOutputBytes, (text, place) =>
          rewritten(runner, message, text, place),
        );
        if (skipped > 0) services.log.warn({ skipped }, 'texts were left as they are');
      });
    case 'transform':
      return changing(async (message) => {
        const replacement = replacementOf(await runner.run(message, message.bytes()), meanings);
        if (replacement !== undefined) await message.whole.replace(toAsync([replacement]));
      });
  }
}

function changing(change: (message: TransformContext) => Promise<void>): PluginInstance {
  return {
    async transform(message, next) {
      await change(message);
      await next();
    },
  };
}

async function rewritten(
  runner: Runner,
  message: MessageView,
  text: string,
  { path, contentType }: TextPlace,
): Promise<string> {
  const end = await runner.run(message, [Buffer.from(text)], {
    POSTERN_PART: path,
    POSTERN_CONTENT_TYPE: contentType,
  });
  if (end.kind !== 'exited' || end.code !== 0) throw failure(end);
  return toText(end.output);
}

async function mustBeProgram(file: string): Promise<void> {
  // A folder may be executable too, in the sense that it can be entered.
  if (!(await stat(file)).isFile()) throw new Error(`${file} is not a program`);
  await access(file, constants.X_OK);
}

/** The program with the limits of all its runs. */
class Runner {
  readonly #argv: readonly [string, ...string[]];
  readonly #options: CommandOptions;
  readonly #services: PluginServices;
  readonly #turns: Turns;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<ProgramEnd>>();

  constructor(
    argv: readonly [string, ...string[]],
    options: CommandOptions,
    services: PluginServices,
  ) {
    this.#argv = argv;
    this.#options = options;
    this.#services = services;
    this.#turns = new Turns(options.maxConcurrent);
  }

  async run(
    message: MessageView,
    input: AsyncIterable<Buffer> | Iterable<Buffer>,
    facts: Readonly<Record<string, string>> = {},
  ): Promise<ProgramEnd> {
    const signal = AbortSignal.any([message.signal, this.#closing.signal]);
    const environment = {
      ...environmentFor(message, this.#options.passEnvironment, process.env),
      ...facts,
    };
    const running = this.#turns.take(signal, () => this.#runInFolder(environment, input, signal));
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Ends every program that still runs, and waits for that. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the plugin is shut down'));
    await Promise.allSettled(this.#running);
  }

  /** A folder for this run alone: what one message leaves behind, the next must not find. */
  async #runInFolder(
    environment: Readonly<Record<string, string>>,
    input: AsyncIterable<Buffer> | Iterable<Buffer>,
    signal: AbortSignal,
  ): Promise<ProgramEnd> {
    const folder = await mkdtemp(join(tmpdir(), 'postern-command-'));
    try {
      const { timeoutMs, maxOutputBytes } = this.#options;
      const { clock } = this.#services;
      return await runProgram(
        { argv: this.#argv, environment, folder, timeoutMs, maxOutputBytes, clock, signal },
        toAsync(input),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

async function* toAsync(
  input: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer, void, void> {
  yield* input;
}
