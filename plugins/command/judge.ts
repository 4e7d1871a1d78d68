// Owns what the end of a program says about a message, or says should become of it. Pure.
import { block, flag, pass, tempfail, type Verdict } from '#plugin-api';
import { printable } from './environment.ts';
import type { Meaning } from './options.ts';
import type { ProgramEnd } from './run-program.ts';

const maxLabelLength = 100;
const maxComplaintLength = 200;

/** Throws when the program did not end in one of the ways that have a meaning. */
export function judge(end: ProgramEnd, meanings: ReadonlyMap<number, Meaning>): Verdict {
  if (end.kind !== 'exited') throw failure(end);
  const line = firstLine(end.output);
  const label = line === '' ? `exit-${end.code}` : line;
  switch (meanings.get(end.code)) {
    case 'pass':
      return pass();
    case 'flag':
      return flag(label);
    case 'block':
      return block(label);
    case 'tempfail':
      return tempfail(line === '' ? 'the program cannot judge the message now' : line);
    default:
      throw failure(end);
  }
}

/**
 * The message that takes the place of the one that was given; undefined when that stays. Throws when
 * the program did not end in one of the ways that have a meaning.
 */
export function replacementOf(
  end: ProgramEnd,
  meanings: ReadonlyMap<number, Meaning>,
): Buffer | undefined {
  if (end.kind !== 'exited') throw failure(end);
  const meaning = meanings.get(end.code);
  if (meaning === 'unchanged') return undefined;
  if (meaning !== 'replace') throw failure(end);
  if (end.output.length === 0) throw new Error('the program wrote nothing');
  return end.output;
}

/** What went wrong, for the log. */
export function failure(end: ProgramEnd): Error {
  switch (end.kind) {
    case 'exited': {
      const complaint = printable(end.complaint).slice(0, maxComplaintLength);
      const said = complaint === '' ? '' : `: ${complaint}`;
      return new Error(`the program ended with exit code ${end.code}${said}`);
    }
    case 'killed':
      return new Error(`the program was ended by ${end.signal}`);
    case 'late':
      return new Error('the program did not end in time');
    case 'overlong':
      return new Error('the program wrote more than max_output');
  }
}

function firstLine(output: Buffer): string {
  // An octet more than the longest label in UTF-8 cannot matter.
  const start = output.subarray(0, maxLabelLength * 4).toString();
  const [line = ''] = start.split(/[\r\n]/, 1);
  return printable(line).slice(0, maxLabelLength);
}
