// Owns the reading of the audit log after a demo. It writes nothing.

/** What the proxy recorded about one message. */
export interface AuditEntry {
  /** The finding if there is one, else the label or `clean`. */
  readonly verdict: string;
  /** What the policy made of it: `pass`, `tag`, `replace` and so on. */
  readonly action: string;
  /** Whether the end of the delivery was recorded too. */
  readonly ending: 'delivered' | 'unrecorded';
}

/** By UIDL. Throws when a line is not JSON. */
export function readAuditTrail(text: string): Map<string, AuditEntry> {
  const entries = new Map<string, AuditEntry>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const record: unknown = JSON.parse(line);
    const uidl = member(record, 'uidl');
    if (typeof uidl !== 'string') continue;
    const verdicts = member(record, 'verdicts');
    const action = member(record, 'action');
    const entry = entries.get(uidl);
    switch (member(record, 'event')) {
      case 'messageJudged':
        if (typeof action !== 'string' || !Array.isArray(verdicts)) break;
        entries.set(uidl, { verdict: weightiest(verdicts), action, ending: 'unrecorded' });
        break;
      case 'messageDelivered':
        if (entry !== undefined) entries.set(uidl, { ...entry, ending: 'delivered' });
        break;
    }
  }
  return entries;
}

function weightiest(verdicts: readonly unknown[]): string {
  for (const key of ['finding', 'label', 'reason']) {
    const text = verdicts
      // What a plugin in shadow finds decides nothing.
      .filter((verdict) => member(verdict, 'shadow') !== true)
      .map((verdict) => member(verdict, key))
      .find((value) => typeof value === 'string');
    if (text !== undefined) return text;
  }
  return 'clean';
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined;
}
