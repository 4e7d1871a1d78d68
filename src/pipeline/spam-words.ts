// Owns how a spam assessment is put into words, for a header field and for records. Pure.
import type { SpamAssessment, SpamPart } from '../plugin-api/observation.ts';

/** Of each engine; the record of the message has all that it gave. */
const mostReasons = 3;
/** With its name and the size that LIST allows for header fields by default, there is room for others. */
const maxFieldLength = 360;

/** `spam; probability=99.8%; rules=+2.10 (look-alike-domain +2.10), words=+4.02 (word:invoice +1.20)` */
export function describeAssessment(assessment: SpamAssessment): string {
  const { result, probability, decidedBy } = assessment;
  const percent = (probability * 100).toFixed(1);
  const decided = decidedBy === undefined ? '' : `; decided-by=${decidedBy}`;
  const head = `${result}; probability=${percent}%${decided}; `;
  return inOneLine(head + describeParts(assessment)).slice(0, maxFieldLength);
}

/** Each engine with its share of the sum and what weighed most in it, but not what spoke against it. */
export function describeParts({ parts }: SpamAssessment): string {
  return parts.map(describePart).join(', ');
}

function describePart({ plugin, logOdds, weight, reasons }: SpamPart): string {
  const isCounter = (each: number): boolean => Math.sign(each) !== Math.sign(logOdds);
  const named = reasons
    .filter((reason) => !isCounter(reason.logOdds))
    .slice(0, mostReasons)
    .map((reason) => `${asName(reason.name)} ${signed(reason.logOdds * weight)}`);
  const why = named.length === 0 ? '' : ` (${named.join(', ')})`;
  return `${plugin}=${signed(logOdds * weight)}${why}`;
}

function signed(points: number): string {
  const text = points.toFixed(2);
  return text.startsWith('-') ? text : `+${text}`;
}

/** What a sender wrote must not look like the end of a reason, and the part of another engine. */
function asName(text: string): string {
  return text.replaceAll(/[;,()]/g, '_');
}

/** Names of reasons may repeat what a sender wrote. */
function inOneLine(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}
