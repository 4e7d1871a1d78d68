// Owns the plugins around one command: what they are told of it, and the answer when they refuse it.
import type { Logger } from '../base/log.ts';
import type { Access } from '../pipeline/access.ts';
import type { CommandOutcome, SessionFacts } from '../plugin-api/context.ts';
import { parseCommand } from '../pop3/command.ts';
import { refusalReply } from './refuse.ts';

/** The command's side of the matter. */
export interface CommandRun {
  readonly line: Buffer;
  readonly session: SessionFacts;
  readonly log: Logger;
  user(): string | undefined;
  outcome(): CommandOutcome | undefined;
  /** Carries the command out and answers it. */
  perform(): Promise<void>;
  /** Answers it in another way. */
  answer(reply: Buffer): Promise<void>;
}

/** Rejects only with what `perform` and `answer` reject with. */
export async function runCommand(access: Access, run: CommandRun): Promise<void> {
  const command = parseCommand(run.line);
  let state: 'waiting' | 'running' | 'done' = 'waiting';
  const facts = {
    session: run.session,
    get user() {
      return run.user();
    },
    name: command.name === 'bad' ? undefined : command.name,
    number: numberOf(command),
    get outcome() {
      return state === 'done' ? run.outcome() : undefined;
    },
  };
  try {
    await access.command(facts, async () => {
      state = 'running';
      await run.perform();
      state = 'done';
    });
  } catch (error) {
    // As a local, since TypeScript does not see the closure change it.
    const reached: string = state;
    if (reached === 'running') throw error;
    // The client has its answer already; a plugin that fails behind it can change nothing.
    if (reached === 'done') run.log.error({ err: error }, 'plugin failed behind a command');
    else await run.answer(refusalReply(error));
  }
}

function numberOf(command: ReturnType<typeof parseCommand>): number | undefined {
  return 'number' in command ? command.number : undefined;
}
