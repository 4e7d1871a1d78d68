// Owns the fuzz target of reply and listing lines: each line of the input is tried as every kind.
import assert from 'node:assert/strict';
import { replyLineMaxOctets, uidlMaxOctets } from '../../../src/pop3/limits.ts';
import {
  errReply,
  okReply,
  parseReply,
  parseScanLine,
  parseUidlLine,
} from '../../../src/pop3/reply.ts';
import { type FuzzTarget, linesOf, unlessRefused } from '../target.ts';

const refusal = 'UPSTREAM_PROTOCOL';

function checkReply(line: Buffer): void {
  const reply = unlessRefused(refusal, () => parseReply(line));
  if (reply === undefined) return;
  const text = line.toString('latin1');
  assert.match(text, reply.isOk ? /^\+OK(?:[ \t]|$)/ : /^-ERR(?:[ \t]|$)/);
  assert.ok(text.endsWith(reply.text), 'the text is the end of the line');
  assert.doesNotMatch(reply.text, /[\r\n\0]/);
  if (reply.code !== undefined) {
    assert.match(reply.code, /^[A-Z0-9/_.-]{1,40}$/);
    assert.ok(text.toUpperCase().includes(`[${reply.code}]`));
  }
}

/** Whatever the text, what is sent is one line of printable characters that is read back as what it is. */
function checkWriting(line: Buffer): void {
  const text = line.toString('latin1');
  const replies = [
    { isOk: true, code: undefined, wire: okReply(text) },
    { isOk: false, code: undefined, wire: errReply(text) },
    { isOk: false, code: 'SYS/TEMP', wire: errReply(text, 'SYS/TEMP') },
  ];
  for (const { isOk, code, wire } of replies) {
    assert.ok(wire.length <= replyLineMaxOctets);
    assert.match(wire.toString('latin1'), /^[\x20-\x7e]+\r\n$/);
    const reply = parseReply(wire.subarray(0, -2));
    assert.equal(reply.isOk, isOk);
    if (code !== undefined) assert.equal(reply.code, code);
  }
}

function checkListing(line: Buffer): void {
  const scan = unlessRefused(refusal, () => parseScanLine(line));
  if (scan !== undefined) {
    assert.match(`${scan.number} ${scan.octets}`, /^\d{1,10} \d{1,12}$/);
    assert.deepEqual(parseScanLine(Buffer.from(`${scan.number} ${scan.octets}`)), scan);
  }
  const entry = unlessRefused(refusal, () => parseUidlLine(line));
  if (entry !== undefined) {
    assert.match(entry.uidl, /^[\x21-\x7e]+$/);
    assert.ok(entry.uidl.length <= uidlMaxOctets && line.includes(entry.uidl));
    assert.deepEqual(parseUidlLine(Buffer.from(`${entry.number} ${entry.uidl}`)), entry);
  }
}

export const reply: FuzzTarget = {
  name: 'reply',
  dictionary: ['+OK', '-ERR', '+OK ', '-ERR ', '[SYS/TEMP]', '[', ']', '\n', '\r', '\t', '1 ', '0'],
  check(input) {
    for (const line of linesOf(input)) {
      checkReply(line);
      checkWriting(line);
      checkListing(line);
    }
  },
  exercise(input) {
    for (const line of [input, ...linesOf(input)]) {
      unlessRefused(refusal, () => parseReply(line));
      unlessRefused(refusal, () => parseScanLine(line));
      unlessRefused(refusal, () => parseUidlLine(line));
      okReply(line.toString('latin1'));
    }
  },
};
