// Owns the list of fuzz targets. Importing it loads the code under test: coverage has to be counting by then.
import type { FuzzTarget } from '../target.ts';
import { capability } from './capability.ts';
import { command } from './command.ts';
import { encodedWord } from './encoded-word.ts';
import { envelope } from './envelope.ts';
import { headerBlock } from './header-block.ts';
import { headerEdits } from './header-edits.ts';
import { lineReader } from './line-reader.ts';
import { mimeParameters } from './mime-parameters.ts';
import { mimeWalk } from './mime-walk.ts';
import { multiline } from './multiline.ts';
import { proxyHeader } from './proxy-header.ts';
import { readings } from './readings.ts';
import { reply } from './reply.ts';
import { sasl } from './sasl.ts';
import { transferDecoding } from './transfer-decoding.ts';
import { uris } from './uris.ts';
import { wrappedFiles } from './wrapped-files.ts';

export const targets: readonly FuzzTarget[] = [
  lineReader,
  multiline,
  reply,
  capability,
  command,
  sasl,
  proxyHeader,
  headerBlock,
  envelope,
  headerEdits,
  mimeWalk,
  transferDecoding,
  readings,
  wrappedFiles,
  encodedWord,
  mimeParameters,
  uris,
];
