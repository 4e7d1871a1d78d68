// Owns the fuzz target of the search for other readings: what is found lies in the message, and can be
// read in any chunks.
import assert from 'node:assert/strict';
import { ambiguityKinds } from '../../../src/message/ambiguity.ts';
import { MimeWalker } from '../../../src/message/mime-walk.ts';
import { AmbiguityFinder } from '../../../src/message/readings/ambiguity-finder.ts';
import type { Finding, Reading } from '../../../src/message/readings/reading.ts';
import { createStages } from '../../../src/message/readings/stage.ts';
import { type FuzzTarget, sameForAllChunkings, smallChunks } from '../target.ts';

/** More readings of one small input say nothing new. */
const maxReadings = 12;

function search(chunks: readonly Buffer[]): readonly Finding[] {
  const finder = new AmbiguityFinder();
  for (const chunk of chunks) finder.push(chunk);
  return finder.end();
}

function octetsOf({ header, stages }: Reading, chunks: readonly Buffer[]): Buffer {
  const steps = createStages(stages);
  const pieces = chunks.map((chunk) => Buffer.from(steps.push(chunk)));
  return Buffer.concat([header, ...pieces, steps.end()]);
}

function checkFinding({ kind, path, readings }: Finding, message: Buffer): void {
  assert.ok(Object.hasOwn(ambiguityKinds, kind));
  assert.match(path, /^1(?:\.\d+)*$/);
  for (const { start, end } of readings) {
    assert.ok(Number.isInteger(start) && start >= 0 && start <= end && end <= message.length);
  }
}

export const readings: FuzzTarget = {
  name: 'readings',
  dictionary: [
    '\r\n',
    '\r\n\r\n',
    '\n',
    '\r',
    '\0',
    '--b',
    '--b--',
    '\r\n--b\r\n',
    '\r\n--c\r\n',
    '\r--b\r',
    'Content-Type: multipart/mixed; boundary=b\r\n',
    'Content-Type: multipart/mixed; boundary=b; boundary=c\r\n',
    "; boundary*0=c; boundary*=us-ascii''c",
    'Content-Type: message/rfc822\r\n',
    'Content-Type : text/plain\r\n',
    'Content-Transfer-Encoding: base64\r\n',
    'Content-Transfer-Encoding: x-base64\r\n',
    'Content-Transfer-Encoding: quoted-printable\r\n',
    ' \t\r\n',
    'no field\r\n',
    'begin 644 a\r\n#86)C\r\n',
    '=ybegin line=128 name=a\r\n',
    'QUJD=',
  ],
  check(input) {
    const message = Buffer.from(input);
    const findings = sameForAllChunkings(message, search);
    for (const finding of findings) checkFinding(finding, message);
    for (const reading of findings.flatMap((finding) => finding.readings).slice(0, maxReadings)) {
      const content = message.subarray(reading.start, reading.end);
      const octets = sameForAllChunkings(content, (chunks) => octetsOf(reading, chunks));
      const walker = new MimeWalker();
      assert.ok([...walker.push(octets), ...walker.end()].length > 0);
    }
  },
  exercise(input) {
    const findings = search(smallChunks(input));
    for (const reading of findings.flatMap((finding) => finding.readings).slice(0, maxReadings)) {
      octetsOf(reading, smallChunks(input.subarray(reading.start, reading.end)));
    }
  },
};
