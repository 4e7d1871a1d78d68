// Owns the judgement whether a message came out of the proxy as it should. It fetches nothing.
import type { AuditEntry } from './audit-trail.ts';
import { fieldNamed, findMissingField, headerFields, isNamed } from './header-comparison.ts';
import { fingerprint, type MessageFingerprint } from './message-fingerprint.ts';
import type { SampleMessage } from './sample-message.ts';

/** The field that the demo's configuration adds to every message. */
export const stamp = { name: 'X-Scanned-By', value: 'Postern' } as const;

/** What the client met with when it asked for a message. */
export type Outcome =
  | { readonly kind: 'received'; readonly message: MessageFingerprint }
  /** -ERR; the session goes on. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The connection ended within the message or before. */
  | { readonly kind: 'broken'; readonly reason: string };

export interface Delivery {
  readonly sample: SampleMessage;
  /** Undefined when the proxy does not list the message. */
  readonly listedOctets: number | undefined;
  readonly outcome: Outcome;
  readonly durationMs: number;
}

/** What the proxy left behind. */
export interface Traces {
  /** By UIDL. */
  readonly audit: ReadonlyMap<string, AuditEntry>;
  /** SHA-256 digests of all originals in the quarantine. */
  readonly quarantined: ReadonlySet<string>;
}

/** Sentences about everything that is wrong; none if all is well. */
export function findProblems(delivery: Delivery, traces: Traces): string[] {
  const { sample, outcome } = delivery;
  if (outcome.kind !== 'received') return [`it was not delivered: ${outcome.reason}`];
  const received = outcome.message;
  const original = fingerprint(sample.content);
  const isQuarantined = traces.quarantined.has(original.sha256);
  const problems = auditProblems(sample, traces);
  if (sample.expectation.kind === 'delivered') {
    if (isQuarantined) problems.push('it lies in the quarantine although it is harmless');
    problems.push(...bodyProblems(original, received));
    problems.push(...headerProblems(original, received, sample.expectation.removedFields));
    if (sample.expectation.action === 'tag') problems.push(...markProblems(received));
  } else {
    if (!isQuarantined) problems.push('no identical original lies in the quarantine');
    problems.push(...noticeProblems(original, received, sample.expectation.contraband));
  }
  return problems;
}

function auditProblems(sample: SampleMessage, { audit }: Traces): string[] {
  const entry = audit.get(sample.name);
  if (entry === undefined) return ['the audit log does not record its verdict'];
  const problems: string[] = [];
  const { expectation } = sample;
  const expected = expectation.kind === 'delivered' ? expectation.action : 'replace';
  if (entry.action !== expected) {
    problems.push(`the audit log says "${entry.action}" and not "${expected}"`);
  }
  if (entry.ending !== 'delivered') problems.push('the audit log does not record its delivery');
  return problems;
}

function bodyProblems(original: MessageFingerprint, received: MessageFingerprint): string[] {
  if (received.bodySha256 === original.bodySha256) return [];
  return ['the body is not identical to the original'];
}

function headerProblems(
  original: MessageFingerprint,
  received: MessageFingerprint,
  removedFields: readonly string[],
): string[] {
  const before = headerFields(original.header);
  const after = headerFields(received.header);
  const isForged = (field: string) => removedFields.some((name) => isNamed(field, name));
  const missing = findMissingField(
    before.filter((field) => !isForged(field)),
    after,
  );
  const problems: string[] = [];
  if (missing !== undefined) problems.push(`a header field was lost or changed: ${missing}`);
  const survivor = before.find((field) => isForged(field) && after.includes(field));
  if (survivor !== undefined) problems.push(`a forged header field came through: ${survivor}`);
  if (!after.includes(`${stamp.name}: ${stamp.value}`)) {
    problems.push(`the header field ${stamp.name} is missing`);
  }
  return problems;
}

function markProblems({ header }: MessageFingerprint): string[] {
  const mark = fieldNamed(headerFields(header), 'X-Postern-Spam');
  return mark?.includes(' spam; ') === true ? [] : ['the header does not say that it is spam'];
}

function noticeProblems(
  original: MessageFingerprint,
  received: MessageFingerprint,
  contraband: string,
): string[] {
  const before = headerFields(original.header);
  const after = headerFields(received.header);
  const problems: string[] = [];
  if (received.sha256 === original.sha256) problems.push('it was delivered as it is');
  if (received.bodyStart.includes(contraband)) problems.push('the dangerous part came through');
  for (const name of ['From', 'Subject', 'Date']) {
    const [was, is] = [fieldNamed(before, name), fieldNamed(after, name)];
    // A notice may put a warning before the subject.
    const value = was?.slice(name.length + 1).trim();
    if (value !== undefined && is?.includes(value) !== true) {
      problems.push(`the notice has another ${name} than the original`);
    }
  }
  return problems;
}
