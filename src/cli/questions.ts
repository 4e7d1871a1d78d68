// Owns asking the person at the terminal.
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { CliError } from './failure.ts';

export interface Questions {
  /** The answer, or `fallback` for an empty line; asks again until `check` has no complaint. */
  ask(
    text: string,
    options?: { readonly fallback?: string; check?(answer: string): string | undefined },
  ): Promise<string>;
  /** Anything but a clear yes is no. */
  confirm(text: string): Promise<boolean>;
}

export interface TerminalQuestions extends Questions, Disposable {}

export function terminalQuestions(
  input: Readable = process.stdin,
  output: Writable = process.stdout,
): TerminalQuestions {
  const terminal = createInterface({ input, output });
  // Control-D ends the input; readline alone would leave an open question waiting forever.
  const ended = new AbortController();
  terminal.once('close', () => ended.abort());
  const question = async (text: string): Promise<string> => {
    try {
      return (await terminal.question(text, { signal: ended.signal })).trim();
    } catch {
      throw new CliError(['', 'Stopped; nothing was written.']);
    }
  };
  return {
    async ask(text, options = {}) {
      const { fallback } = options;
      for (;;) {
        const hint = fallback === undefined ? '' : ` [${fallback}]`;
        const answer = (await question(`${text}${hint}: `)) || (fallback ?? '');
        const complaint = answer === '' ? 'An answer is needed.' : options.check?.(answer);
        if (complaint === undefined) return answer;
        output.write(`${complaint}\n`);
      }
    },
    async confirm(text) {
      return /^y(?:es)?$/i.test(await question(`${text} [y/N]: `));
    },
    [Symbol.dispose]() {
      terminal.close();
    },
  };
}
