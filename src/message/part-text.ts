// Owns the text of a MIME part for those who read it and change nothing: whatever its charset claims to
// be, there is some text. Pure.
import { decodeText } from './charset.ts';
import { parseMimeValue } from './mime-parameters.ts';
import { findParameter } from './text.ts';

/** `contentType` is the value of the field; octets of a charset that is not known are read as latin1. */
export function readPartText(octets: Buffer, contentType: string | undefined): string {
  const { parameters } = parseMimeValue(contentType ?? '');
  return decodeText(octets, findParameter(parameters, 'charset')) ?? octets.toString('latin1');
}
