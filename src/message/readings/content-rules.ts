// Owns the findings about the content of leaves: encodings that decoders disagree about, files in other
// wrappings, messages in what is said to be text.
import type { AmbiguityKind } from '../ambiguity.ts';
import { findParameter } from '../text.ts';
import type { Base64Variant } from './base64-variants.ts';
import { decodingStages } from './content-encoding.ts';
import { type FoundReadings, wrappedFiles } from './file-rules.ts';
import { defaultTypeOf } from './header-rules.ts';
import type { LeafProbe } from './leaf-probe.ts';
import type { OutlinedPart } from './outline.ts';
import type { QuotedPrintableVariant } from './quoted-printable-variants.ts';
import { type Finding, fileHeader, type Reading, writeHeader } from './reading.ts';
import { beginsSignedData, SignedContent } from './signed-content.ts';
import type { Stage } from './stage.ts';
import { wideCharsetOf } from './wide-text.ts';

const empty: Buffer = Buffer.alloc(0);
const none: FoundReadings = [];
const mimeField = /^(?:content-[a-z-]{1,40}|mime-version)[ \t]*:/i;
const anyField = /^[A-Za-z][A-Za-z0-9-]{0,60}[ \t]*:|^[ \t]/;
/** The same for a text that may end before the colon. */
const fieldOrCut = /^[A-Za-z][A-Za-z0-9-]{0,60}[ \t]*(?::|$)/;
const fieldNameWindow = 80;
const tab = 0x09;
const space = 0x20;
const noBreakSpace = 0xa0;

export function leafFindings(leaf: OutlinedPart, probe: LeafProbe): Finding[] {
  const { path, depth } = leaf.part;
  const found: FoundReadings = [
    ...brokenBase64(leaf, probe),
    ...brokenQuotedPrintable(leaf, probe),
    ...headerInContent(leaf, probe),
    ...embeddedMessage(leaf, probe),
    ...signedContent(leaf, probe),
    ...wideText(leaf, probe),
    ...wrappedFiles(leaf, probe),
  ];
  if (found.length === 0) return [];
  return found.map(([kind, readings]) => ({ kind, path, depth, readings }));
}

function brokenBase64(leaf: OutlinedPart, { base64 }: LeafProbe): FoundReadings {
  if (base64 === undefined) return none;
  const found: (readonly [AmbiguityKind, readonly Reading[]])[] = [];
  const decodedBy = (...variants: readonly Base64Variant[]): Reading[] =>
    variants.map((variant) => decodedLeaf(leaf, { kind: 'base64', variant }));
  if (base64.hasPaddingInside) {
    found.push(['padding-inside-base64', decodedBy('stopsAtPadding', 'ignoresPadding')]);
  }
  if (base64.hasForeign) {
    const urlSafe = base64.hasUrlSafe ? decodedBy('urlSafe') : [];
    const others = decodedBy('stopsAtForeign', 'skipsForeignLines');
    found.push(['foreign-characters-in-base64', [...others, ...urlSafe]]);
  }
  return found;
}

function brokenQuotedPrintable(leaf: OutlinedPart, { quotedPrintable }: LeafProbe): FoundReadings {
  if (quotedPrintable === undefined) return none;
  const decodedBy = (...variants: readonly QuotedPrintableVariant[]): Reading[] =>
    variants.map((variant) => decodedLeaf(leaf, { kind: 'quotedPrintable', variant }));
  const found: (readonly [AmbiguityKind, readonly Reading[]])[] = [];
  if (quotedPrintable.hasIllegalEscape) {
    const readings = decodedBy('strict', 'dropsEquals', 'dropsEscape');
    found.push(['illegal-escape-in-quoted-printable', readings]);
  }
  if (quotedPrintable.hasBlanksInSoftBreak) {
    found.push(['blanks-in-soft-break', decodedBy('strict')]);
  }
  return found;
}

function headerInContent(leaf: OutlinedPart, probe: LeafProbe): FoundReadings {
  return mayBeginWithField(probe.head) ? fieldsOnTop(leaf, probe) : none;
}

/** Fields behind the blank line: some readers pass over one blank line too many. */
export function fieldsOnTop(leaf: OutlinedPart, probe: LeafProbe): FoundReadings {
  const { part } = leaf;
  if (probe.encoding === 'identity' && mimeField.test(firstLineOf(probe.head))) {
    const fields = part.headers.bytes.subarray(0, part.headers.split().tailStart);
    const reading = { header: fields, start: part.contentStart, end: leaf.end, stages: [] };
    return [['header-after-blank-line', [reading]], ...messageInText(leaf, probe)];
  }
  return messageInText(leaf, probe);
}

/** Text that begins with the header of a message is a message to some. */
function messageInText(leaf: OutlinedPart, probe: LeafProbe): FoundReadings {
  if (!leaf.part.contentType.startsWith('text/')) return none;
  const text = probe.head.toString('latin1').replace(/^(?:[ \t]*\r?\n)+/, '');
  if (!anyField.test(text)) return none;
  const lines = text.split(/\r?\n/);
  const end = lines.findIndex((line) => !anyField.test(line));
  const fields = lines.slice(0, end === -1 ? undefined : end);
  if (!fields.some((line) => mimeField.test(line))) return none;
  return [
    [
      'message-in-text',
      [{ ...wholeOf(leaf), header: empty, stages: decodingStages(probe.encoding) }],
    ],
  ];
}

/** False for most content, and certain: then there are no fields on top. */
export function mayBeginWithField(head: Buffer): boolean {
  let at = 0;
  for (; at < head.length && isWhite(head[at]); at += 1) {
    // What begins with a blank continues some field.
    if (head[at] === space || head[at] === tab) return true;
  }
  return fieldOrCut.test(head.toString('latin1', at, at + fieldNameWindow));
}

/** More than any rule passes over. */
function isWhite(octet: number | undefined): boolean {
  return octet !== undefined && (octet <= space || octet === noBreakSpace);
}

function embeddedMessage(leaf: OutlinedPart, probe: LeafProbe): FoundReadings {
  const { contentType, fileNames } = leaf.part;
  const isMessage = /^message\/(?:rfc822|global|news)$/.test(contentType);
  const isNamedSo = fileNames.some((name) => /\.(?:eml|mht|mhtml|nws)$/i.test(name));
  if (!isMessage && !(isNamedSo && anyField.test(firstLineOf(probe.head)))) return none;
  const reading = { ...wholeOf(leaf), header: empty, stages: decodingStages(probe.encoding) };
  // RFC 2046 s.5.2.1 forbids the encoding, and so `parts()` shows a file.
  return [[isMessage ? 'encoded-message' : 'message-in-file', [reading]]];
}

/** What is signed is a part with a header (RFC 8551 s.3.1), or any file that somebody has signed. */
function signedContent(leaf: OutlinedPart, { head, encoding }: LeafProbe): FoundReadings {
  if (!beginsSignedData(head)) return none;
  const start = new SignedContent().push(head);
  // A signature beside its content has none.
  if (start.length === 0) return none;
  const names = leaf.part.fileNames.map((name) => name.replace(/\.p7[ms]$/i, ''));
  const header = anyField.test(firstLineOf(start)) ? empty : fileHeader(names.slice(0, 1));
  const stages: readonly Stage[] = [...decodingStages(encoding), { kind: 'signedContent' }];
  return [['signed-content', [{ ...wholeOf(leaf), header, stages }]]];
}

function wideText(leaf: OutlinedPart, probe: LeafProbe): FoundReadings {
  const { contentType, types } = leaf.part;
  if (!contentType.startsWith('text/')) return none;
  for (const { parameters } of types) {
    const label = findParameter(parameters, 'charset');
    const charset = label === undefined ? undefined : wideCharsetOf(label);
    if (charset === undefined) continue;
    const header = writeHeader(`Content-Type: ${contentType}; charset=utf-8`);
    const stages: readonly Stage[] = [
      ...decodingStages(probe.encoding),
      { kind: 'wideText', charset },
    ];
    const kind = charset === 'utf-7' ? 'utf-7-text' : 'utf-16-text';
    return [[kind, [{ ...wholeOf(leaf), header, stages }]]];
  }
  return none;
}

/** The same part, its content decoded by another decoder. */
function decodedLeaf(leaf: OutlinedPart, stage: Stage): Reading {
  const fields = leaf.part.headers
    .split()
    .fields.filter(({ key }) => key !== 'content-transfer-encoding');
  const lines = fields.map(({ source, start, end }) =>
    source.toString('latin1', start, end).replace(/[\r\n]*$/, ''),
  );
  const hasType = fields.some(({ key }) => key === 'content-type');
  const type = hasType ? [] : [`Content-Type: ${defaultTypeOf(leaf)}`];
  return { ...wholeOf(leaf), header: writeHeader(...type, ...lines), stages: [stage] };
}

function wholeOf({ part, end }: OutlinedPart): { readonly start: number; readonly end: number } {
  return { start: part.contentStart, end };
}

function firstLineOf(head: Buffer): string {
  return head.toString('latin1', 0, 200).trimStart();
}
