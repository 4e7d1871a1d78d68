// Owns the form in which a model leaves Postern and comes back: lines of JSON, in UTF-8. What it reads may
// have been made by anybody, and nothing of it is believed.
import { linesOf } from '#plugin-api';
import type { GivenLesson, Label, LessonWeight } from './lesson-rows.ts';
import { markOctets } from './message-mark.ts';
import { stepFromRecord } from './step-record.ts';

export interface ModelFile {
  /** Over the model that all begin with; undefined: to be made of the lessons. */
  readonly content: Buffer | undefined;
  readonly lessons: readonly GivenLesson[];
}

const format = 'postern-spam-model';
const version = 1;
const maxLineOctets = 12 * 1024 * 1024;
const maxLessons = 100_000;
const maxAllOctets = 512 * 1024 * 1024;

/** A file that is no model. The message is one line, fit to be shown. */
export class ModelFileError extends Error {
  readonly code = 'SPAM_MODEL_INVALID';
}

export function headLine(content: Buffer | undefined): Buffer {
  const model = content === undefined ? null : content.toString('base64');
  return lineOf({ format, version, model });
}

export function lessonLine({ message, label, weight, taughtMs, step }: GivenLesson): Buffer {
  return lineOf({
    message: message.toString('hex'),
    as: label,
    weight,
    taught: new Date(taughtMs).toISOString(),
    step: step === undefined ? null : Buffer.from(step).toString('base64'),
  });
}

export async function readModelFile(
  octets: AsyncIterable<Buffer>,
  nowMs: number,
): Promise<ModelFile> {
  const lessons: GivenLesson[] = [];
  let head: { readonly content: Buffer | undefined } | undefined;
  let number = 0;
  for await (const line of linesOf(bounded(octets), maxLineOctets)) {
    number += 1;
    if (line.octets.length < line.length - 1) throw invalid(number, 'it is too long');
    if (line.octets.length === 0) continue;
    const fields = parse(line.octets, number);
    if (head === undefined) {
      head = readHead(fields, number);
      continue;
    }
    if (lessons.length === maxLessons) throw invalid(number, `more than ${maxLessons} lessons`);
    lessons.push(readLesson(fields, number, nowMs));
  }
  if (head === undefined)
    throw new ModelFileError('this is no model of the spam filter: it is empty');
  return { ...head, lessons };
}

type Fields = Readonly<Record<string, unknown>>;

function readHead(fields: Fields, line: number): { readonly content: Buffer | undefined } {
  if (fields['format'] !== format) throw invalid(line, `expected "format":"${format}"`);
  if (fields['version'] !== version) throw invalid(line, `expected "version":${version}`);
  return { content: base64In(fields, 'model', line) };
}

function readLesson(fields: Fields, line: number, nowMs: number): GivenLesson {
  const { message, as, weight, taught } = fields;
  if (typeof message !== 'string' || !/^[0-9a-f]{32}$/.test(message)) {
    throw invalid(line, `expected "message" with ${markOctets} octets in hexadecimal`);
  }
  if (!isLabel(as)) throw invalid(line, 'expected "as" with ham or spam');
  if (!isWeight(weight)) throw invalid(line, 'expected "weight" with correction or confirmation');
  const taughtMs = typeof taught === 'string' ? Date.parse(taught) : Number.NaN;
  if (!(taughtMs >= 0 && taughtMs < nowMs + 86_400_000)) throw invalid(line, 'expected a "taught"');
  const step = base64In(fields, 'step', line);
  if (step !== undefined && stepFromRecord(step) === undefined)
    throw invalid(line, 'no such "step"');
  return {
    message: Buffer.from(message, 'hex'),
    label: as,
    weight,
    source: 'import',
    taughtMs,
    step,
  };
}

function base64In(fields: Fields, key: string, line: number): Buffer | undefined {
  const value = fields[key];
  if (value === null) return undefined;
  if (typeof value === 'string' && isBase64(value)) return Buffer.from(value, 'base64');
  throw invalid(line, `expected "${key}" in base64, or null`);
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function isLabel(value: unknown): value is Label {
  return value === 'ham' || value === 'spam';
}

function isWeight(value: unknown): value is LessonWeight {
  return value === 'correction' || value === 'confirmation';
}

function parse(line: Buffer, number: number): Fields {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {}
  throw invalid(number, 'it is no JSON object');
}

async function* bounded(octets: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let all = 0;
  for await (const piece of octets) {
    all += piece.length;
    if (all > maxAllOctets) {
      throw new ModelFileError('this is no model of the spam filter: it is too large');
    }
    yield piece;
  }
}

function lineOf(fields: object): Buffer {
  return Buffer.from(`${JSON.stringify(fields)}\n`);
}

function invalid(line: number, reason: string): ModelFileError {
  return new ModelFileError(`this is no model of the spam filter: line ${line}: ${reason}`);
}
