// Owns finding long coded texts in the script of a web page. Pure; time is linear in the length of the
// text, whoever wrote it.

export interface Payloads {
  /** The long texts in base64, put together from their pieces. */
  readonly base64: readonly string[];
  /** What is left without them. */
  readonly script: string;
  /** There is any long coded text, in base64 or in escapes or numbers. */
  readonly isCoded: boolean;
}

/** Shorter texts in base64 are icons and keys. */
const shortestPayload = 512;
/** Shorter pieces are words, unless they are put together. */
const shortestPiece = 20;
const shortestJoined = 4;

const base64Signs = new Set<number>(
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-'].map((sign) =>
    sign.charCodeAt(0),
  ),
);
const isBase64 = Uint8Array.from({ length: 256 }, (_, code) => (base64Signs.has(code) ? 1 : 0));

// Scripts break a long text up: 'AAAA' + 'BBBB', ['AAAA', 'BBBB'].join(''), or over lines.
const joint = /={0,2}(?:["'`]\s{0,20}[+,]\s{0,20}["'`]|\\?\r?\n[ \t]{0,20})/y;
// With a greatest number: a group that is repeated without one fills the stack of the engine.
const escapeRun = /(?:\\x[0-9a-fA-F]{2}|\\u00[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}){8,256}/g;
const numberRun = /(?:(?:0x)?[0-9a-fA-F]{1,3}\s{0,2},\s{0,2}){16,512}/g;

export function findPayloads(text: string): Payloads {
  const base64: string[] = [];
  const rest: string[] = [];
  let kept = 0;
  for (const { start, end, pieces } of runsOf(text)) {
    const payload = pieces.join('');
    if (payload.length < shortestPayload) continue;
    base64.push(payload);
    rest.push(text.slice(kept, start));
    kept = end;
  }
  rest.push(text.slice(kept));
  let isCoded = base64.length > 0;
  const take = (run: string): string => {
    if (run.length < shortestPayload) return run;
    isCoded = true;
    return '';
  };
  const script = rest.join('').replaceAll(escapeRun, take).replaceAll(numberRun, take);
  return { base64, script, isCoded };
}

interface Run {
  readonly start: number;
  readonly end: number;
  readonly pieces: readonly string[];
}

/** Long pieces of base64, with those that are joined to them. */
function* runsOf(text: string): Generator<Run, void, void> {
  for (let at = 0; at < text.length; ) {
    const start = at;
    const pieces: string[] = [];
    let end = pieceEnd(text, at);
    while (
      end - at >= (isQuoted(text, start) ? shortestJoined : shortestPiece) ||
      (pieces.length > 0 && end > at)
    ) {
      pieces.push(text.slice(at, end));
      joint.lastIndex = end;
      if (end - at < shortestJoined || !joint.test(text)) break;
      at = joint.lastIndex;
      end = pieceEnd(text, at);
    }
    if (pieces.length > 0) yield { start, end, pieces };
    at = end + 1;
  }
}

/** Between the marks of a text in a script. */
function isQuoted(text: string, start: number): boolean {
  return '"\'`'.includes(text.charAt(start - 1) || ' ');
}

function pieceEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && isBase64[text.charCodeAt(end)] === 1) end += 1;
  return end;
}
