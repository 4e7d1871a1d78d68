// Owns what a reply of clamd means. Pure. Whatever is not exactly understood is a failure, never clean.

/** How far a message got on its way to clamd. */
export type SendPhase = 'sending' | 'ending' | 'sent';

export type Judgement =
  | { readonly kind: 'clean' }
  | { readonly kind: 'infected'; readonly signature: string }
  /** Over StreamMaxLength. */
  | { readonly kind: 'tooLarge' }
  /** clamd did not look at all of it; `name` says which limit was in the way. */
  | { readonly kind: 'limitExceeded'; readonly name: string }
  /** The message was slow to arrive, and clamd has a ReadTimeout. */
  | { readonly kind: 'pausedTooLong' }
  | { readonly kind: 'failed'; readonly reason: string };

/** What npm clamscan makes of a reply. */
export type ParseReply = (
  reply: string,
) => { readonly isInfected: boolean | null; readonly viruses: readonly string[] } | Error;

const cleanReply = Buffer.from('stream: OK\0');
const tooLargeReply = Buffer.from('INSTREAM size limit exceeded. ERROR\0');
// The one reply that ends with LF although the command had the prefix z.
const pausedReply = Buffer.from('COMMAND READ TIMED OUT\n');
const foundPattern = /^stream: [^\s].* FOUND$/;
// ExtendedDetectionInfo of clamd.conf appends `(hash:octets)` to the name.
const detectionInfoPattern = /\([0-9a-f]{32,128}:\d+\)$/;
// With AlertExceedsMax: no virus, but no scan either.
const limitPattern = /^Heuristics\.Limits\.Exceeded(?:\.|$)/;
const longestShown = 200;

/** Whether nothing more can come. */
export function isWhole(reply: Buffer): boolean {
  return reply.includes(0) || reply.equals(pausedReply);
}

/** `reply` is everything that clamd has said, until it was whole. */
export function judgeReply(reply: Buffer, phase: SendPhase, parse: ParseReply): Judgement {
  if (reply.length === 0) return failed('clamd gave no reply');
  if (reply.equals(pausedReply)) return { kind: 'pausedTooLong' };
  const text = printable(reply);
  // clamd(8): the reply to a command with prefix z ends with NUL.
  if (reply.indexOf(0) !== reply.length - 1) return failed(`clamd gave no complete reply: ${text}`);
  if (reply.equals(tooLargeReply)) return { kind: 'tooLarge' };

  const result = parse(text);
  if (result instanceof Error) return failed(`clamd refused the scan: ${text}`);
  if (result.isInfected === true && foundPattern.test(text)) {
    const signature = signatureOf(result.viruses, text);
    return limitPattern.test(signature)
      ? { kind: 'limitExceeded', name: signature }
      : { kind: 'infected', signature };
  }
  if (result.isInfected === false && reply.equals(cleanReply)) {
    // An answer before the end of the question is no answer to it.
    return phase === 'sent'
      ? { kind: 'clean' }
      : failed('clamd replied before it had the whole message');
  }
  return failed(`clamd gave an unknown reply: ${text}`);
}

function signatureOf(viruses: readonly string[], text: string): string {
  const name = viruses[0] ?? text.slice('stream: '.length, -' FOUND'.length);
  return name.replace(detectionInfoPattern, '').trim();
}

function failed(reason: string): Judgement {
  return { kind: 'failed', reason };
}

/** Without its final NUL, on one line, for logs and headers. */
function printable(reply: Buffer): string {
  const text = reply.toString('latin1').replace(/\0$/, '');
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, longestShown);
}
