// Owns what a reply of clamd means. Pure. Whatever is not exactly understood is a failure, never clean.

/** How far a message got on its way to clamd. */
export type SendPhase = 'sending' | 'ending' | 'sent';

export type Judgement =
  | { readonly kind: 'clean' }
  | { readonly kind: 'infected'; readonly signature: string }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'failed'; readonly reason: string };

/** What npm clamscan makes of a reply. */
export type ParseReply = (
  reply: string,
) => { readonly isInfected: boolean | null; readonly viruses: readonly string[] } | Error;

const cleanReply = Buffer.from('stream: OK\0');
const tooLargeReply = Buffer.from('INSTREAM size limit exceeded. ERROR\0');
const foundPattern = /^stream: [^\s].* FOUND$/;
// ExtendedDetectionInfo of clamd.conf appends `(hash:octets)` to the name.
const detectionInfoPattern = /\([0-9a-f]{32,128}:\d+\)$/;
const longestShown = 200;

/** `reply` is everything that clamd has said, up to and including its first NUL. */
export function judgeReply(reply: Buffer, phase: SendPhase, parse: ParseReply): Judgement {
  if (reply.length === 0) return failed('clamd gave no reply');
  const text = printable(reply);
  // clamd(8): the reply to a command with prefix z ends with NUL.
  if (reply.indexOf(0) !== reply.length - 1) return failed(`clamd gave no complete reply: ${text}`);
  if (reply.equals(tooLargeReply)) return { kind: 'tooLarge' };

  const result = parse(text);
  if (result instanceof Error) return failed(`clamd refused the scan: ${text}`);
  if (result.isInfected === true && foundPattern.test(text)) {
    return { kind: 'infected', signature: signatureOf(result.viruses, text) };
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
