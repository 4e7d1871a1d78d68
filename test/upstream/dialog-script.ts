// Owns the short hand in which tests play a login against a script: what is sent, what is answered.
import assert from 'node:assert/strict';
import { pbkdf2Sync } from 'node:crypto';
import { AppError } from '../../src/base/errors.ts';
import { type Credentials, Secret } from '../../src/base/secret.ts';
import { parseReply } from '../../src/pop3/reply.ts';
import type { Answer, Dialog, DialogStep } from '../../src/upstream/step.ts';

export type Turn = readonly [sent: string, answer: Answer];

export const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

export function credentialsOf(user: string, password: string): Credentials {
  return { user: Buffer.from(user, 'latin1'), password: Secret.fromText(password) };
}

export function said(line: string): Answer {
  return { reply: parseReply(Buffer.from(line, 'latin1')), lines: [], isChallenge: false };
}

export const ok = said('+OK');
export const refusal = said('-ERR no');

/** A challenge as the connection hands it on: what stands behind the plus. */
export function rawChallenge(text: string): Answer {
  return {
    reply: { isOk: false, code: undefined, text: '' },
    lines: [Buffer.from(` ${text}`, 'latin1')],
    isChallenge: true,
  };
}

export function challenge(text = ''): Answer {
  return rawChallenge(base64(text));
}

function lineOf(step: DialogStep): string {
  return 'line' in step ? step.line.toString('latin1').replace(/\r\n$/, '') : step.kind;
}

/** Keys are derived on the way; what is returned is the next thing to be sent. */
function advance(dialog: Dialog<void>, answer?: Answer): string | undefined {
  let step = answer === undefined ? dialog.next() : dialog.next(answer);
  while (!step.done && step.value.kind === 'deriveKey') {
    const { password, salt, iterations, hash } = step.value.request;
    const octets = hash === 'sha1' ? 20 : 32;
    step = dialog.next(pbkdf2Sync(password, salt, iterations, octets, hash));
  }
  return step.done ? undefined : lineOf(step.value);
}

/** Plays all turns; the dialog has to end with the last of them. */
export function play(dialog: Dialog<void>, turns: readonly Turn[]): void {
  let sent = advance(dialog);
  for (const [expected, answer] of turns) {
    assert.equal(sent, expected);
    sent = advance(dialog, answer);
  }
  assert.equal(sent, undefined);
}

/** The failure of a dialog that is given these answers, whatever it sends, and from then on the last one. */
export function failureOf(
  dialog: Dialog<void>,
  answers: readonly Answer[],
  last: Answer,
): AppError {
  const maxLines = 20;
  try {
    let sent = advance(dialog);
    for (let line = 0; line < maxLines; line += 1) {
      if (sent === undefined) break;
      sent = advance(dialog, answers[line] ?? last);
    }
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the dialog has not failed');
}

/** The first line that is sent; nothing is answered. */
export function firstLine(dialog: Dialog<void>): string | undefined {
  return advance(dialog);
}

/** The same answer to everything; gives how many lines were sent before the dialog gave up. */
export function playForever(dialog: Dialog<void>, answer: Answer): number {
  const maxLines = 20;
  let sent = advance(dialog);
  for (let lines = 1; lines <= maxLines; lines += 1) {
    try {
      sent = advance(dialog, answer);
    } catch (error) {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'UPSTREAM_PROTOCOL');
      return lines;
    }
    assert.notEqual(sent, undefined, 'ended well');
  }
  throw new Error(`more than ${maxLines} lines sent`);
}
