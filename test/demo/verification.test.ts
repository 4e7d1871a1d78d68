import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AuditEntry } from '../../src/demo/audit-trail.ts';
import { fingerprint } from '../../src/demo/message-fingerprint.ts';
import type { SampleMessage } from '../../src/demo/sample-message.ts';
import { findProblems, type Outcome, type Traces } from '../../src/demo/verification.ts';

const header = 'From: a@sender.example\r\nSubject: Hello\r\nDate: today\r\n';
const harmless: SampleMessage = {
  name: 'harmless',
  description: '',
  expectation: { kind: 'delivered', action: 'pass', removedFields: ['X-Scanned-By'] },
  content: Buffer.from(`X-Scanned-By: nobody\r\n${header}\r\nbody\r\n`),
};
const unwanted: SampleMessage = {
  ...harmless,
  name: 'unwanted',
  expectation: { kind: 'delivered', action: 'tag', removedFields: ['X-Scanned-By'] },
};
const hostile: SampleMessage = {
  name: 'hostile',
  description: '',
  expectation: { kind: 'replaced', contraband: 'EVIL-EVIL' },
  content: Buffer.from(`${header}\r\nEVIL-EVIL\r\n`),
};
const asDelivered = `X-Scanned-By: Postern\r\n${header}\r\nbody\r\n`;
const asNotice = `From: a@sender.example\r\nSubject: [removed] Hello\r\nDate: today\r\n\r\nSorry.\r\n`;

function received(text: string): Outcome {
  return { kind: 'received', message: fingerprint(Buffer.from(text)) };
}

function tracesOf(name: string, action: string, quarantined: readonly Buffer[] = []): Traces {
  return {
    audit: new Map<string, AuditEntry>([[name, { verdict: '', action, ending: 'delivered' }]]),
    quarantined: new Set(quarantined.map((content) => fingerprint(content).sha256)),
  };
}

const passed = tracesOf('harmless', 'pass');
const replaced = tracesOf('hostile', 'replace', [hostile.content]);

interface Case {
  readonly name: string;
  readonly sample: SampleMessage;
  readonly outcome: Outcome;
  readonly traces: Traces;
  readonly problems: readonly RegExp[];
}

const cases: readonly Case[] = [
  {
    name: 'a stamped message without its forged field is right',
    sample: harmless,
    outcome: received(asDelivered),
    traces: passed,
    problems: [],
  },
  {
    name: 'a changed body is found',
    sample: harmless,
    outcome: received(asDelivered.replace('body', 'Body')),
    traces: passed,
    problems: [/^the body is not identical/],
  },
  {
    name: 'a changed header field is found',
    sample: harmless,
    outcome: received(asDelivered.replace('Hello', 'hello')),
    traces: passed,
    problems: [/lost or changed: Subject: Hello$/],
  },
  {
    name: 'a forged field that survives is found',
    sample: harmless,
    outcome: received(`X-Scanned-By: nobody\r\n${asDelivered}`),
    traces: passed,
    problems: [/forged header field came through/],
  },
  {
    name: 'a missing stamp is found',
    sample: harmless,
    outcome: received(`${header}\r\nbody\r\n`),
    traces: passed,
    problems: [/X-Scanned-By is missing/],
  },
  {
    name: 'a harmless message in the quarantine is found',
    sample: harmless,
    outcome: received(asDelivered),
    traces: tracesOf('harmless', 'pass', [harmless.content]),
    problems: [/quarantine although it is harmless/],
  },
  {
    name: 'a verdict missing from the audit log is found',
    sample: harmless,
    outcome: received(asDelivered),
    traces: { audit: new Map(), quarantined: new Set() },
    problems: [/does not record its verdict/],
  },
  {
    name: 'a delivery missing from the audit log is found',
    sample: harmless,
    outcome: received(asDelivered),
    traces: {
      audit: new Map([['harmless', { verdict: '', action: 'pass', ending: 'unrecorded' }]]),
      quarantined: new Set(),
    },
    problems: [/does not record its delivery/],
  },
  {
    name: 'a wrong action in the audit log is found',
    sample: harmless,
    outcome: received(asDelivered),
    traces: tracesOf('harmless', 'defer'),
    problems: [/says "defer" and not "pass"/],
  },
  {
    name: 'a refused message is found, with the reason',
    sample: harmless,
    outcome: { kind: 'refused', reason: 'come back later' },
    traces: passed,
    problems: [/not delivered: come back later/],
  },
  {
    name: 'a notice with the original in the quarantine is right',
    sample: hostile,
    outcome: received(asNotice),
    traces: replaced,
    problems: [],
  },
  {
    name: 'a hostile message that passes is found',
    sample: hostile,
    outcome: received(hostile.content.toString()),
    traces: replaced,
    problems: [/delivered as it is/, /dangerous part came through/],
  },
  {
    name: 'a notice that quotes the dangerous part is found',
    sample: hostile,
    outcome: received(`${asNotice}EVIL-EVIL\r\n`),
    traces: replaced,
    problems: [/dangerous part came through/],
  },
  {
    name: 'an original that is not in the quarantine is found',
    sample: hostile,
    outcome: received(asNotice),
    traces: tracesOf('hostile', 'replace', [Buffer.from('something else')]),
    problems: [/no identical original/],
  },
  {
    name: 'a notice from somebody else is found',
    sample: hostile,
    outcome: received(asNotice.replace('a@sender', 'b@sender')),
    traces: replaced,
    problems: [/another From/],
  },
  {
    name: 'spam with its mark is right',
    sample: unwanted,
    outcome: received(`X-Postern-Spam: spam; probability=99.0%; spam=+5.00\r\n${asDelivered}`),
    traces: tracesOf('unwanted', 'tag'),
    problems: [],
  },
  {
    name: 'spam that is taken for ham is found',
    sample: unwanted,
    outcome: received(`X-Postern-Spam: ham; probability=40.0%; spam=-0.40\r\n${asDelivered}`),
    traces: tracesOf('unwanted', 'pass'),
    problems: [/says "pass" and not "tag"/, /does not say that it is spam/],
  },
];

describe('verification', () => {
  for (const { name, sample, outcome, traces, problems } of cases) {
    test(name, () => {
      const found = findProblems({ sample, listedOctets: 1, outcome, durationMs: 1 }, traces);
      assert.equal(found.length, problems.length, found.join('\n'));
      for (const [index, pattern] of problems.entries()) assert.match(found[index]!, pattern);
    });
  }
});
