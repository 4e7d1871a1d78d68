// Owns a target with a defect that random octets alone would hardly meet, for tests of the fuzzer itself.
import type { FuzzTarget } from './target.ts';

/** Five octets in a row have to be right; each right one opens a block of its own. */
function isMagic(input: Buffer): boolean {
  if (input[0] !== 0x3d) return false;
  if (input[1] !== 0x3f) return false;
  if (input[2] !== 0x3b) return false;
  if (input[3] !== 0x2a) return false;
  return input[4] === 0x22;
}

export const plantedDefect: FuzzTarget = {
  name: 'planted-defect',
  dictionary: [],
  check(input) {
    if (isMagic(input)) throw new TypeError('planted');
  },
  exercise(input) {
    isMagic(input);
  },
};
