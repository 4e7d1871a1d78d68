// Owns what the header contributes: words of each field, and how addresses and dates are made.
// What tells only whose mailbox or which list a message came through contributes nothing.
import { decodeWords } from '#plugin-api';
import type { Traits } from './collector.ts';
import type { SampledField } from './sample.ts';

/**
 * Fields that say where a copy was kept, who received it, which list or filter it passed; and those
 * that any sender can write to please a filter.
 */
const ignoredFields = new Set(
  (
    'to cc bcc delivered-to envelope-to apparently-to x-original-to x-delivered-to x-envelope-to ' +
    'list-id list-post list-help list-subscribe list-unsubscribe list-unsubscribe-post list-archive ' +
    'list-owner list-software mailing-list precedence errors-to sender x-beenthere x-mailman-version ' +
    'x-loop x-been-there x-list-host x-url delivery-date status x-status x-uidl content-length lines ' +
    'return-path x-original-date resent-to resent-from resent-date resent-message-id resent-sender ' +
    'x-sieve x-mail-from x-pyzor x-rcpt-to received-spf authentication-results dkim-signature ' +
    'arc-seal arc-message-signature arc-authentication-results date references in-reply-to ' +
    'message-id received thread-index x-originalarrivaltime'
  ).split(' '),
);
const ignoredPrefixes = [
  'x-spam',
  'x-postern',
  'x-mailscanner',
  'x-virus',
  'x-ms-exchange',
  'list-',
  'x-mozilla',
  'x-forefront',
  'x-microsoft-antispam',
  'x-amavis',
  'x-barracuda',
  'x-egroups',
  'x-list',
  'x-mailman',
  'x-topics',
  'x-bogosity',
  'x-crm114',
  'x-dspam',
  'x-text-class',
];

export function isIgnoredField(name: string): boolean {
  return ignoredFields.has(name) || ignoredPrefixes.some((prefix) => name.startsWith(prefix));
}

const maxWords = 40;

export function addHeaderTraits(
  fields: readonly SampledField[],
  traits: Traits,
  shape: Traits,
): void {
  const seen = new Set<string>();
  let received = 0;
  let before = 'top';
  for (const { name, value, raw } of fields) {
    if (name === 'received') {
      received += 1;
      continue;
    }
    if (name === 'message-id') addMessageId(value, traits, shape);
    else if (name === 'date') addDate(value, shape);
    if (name === 'references' || name === 'in-reply-to') {
      shape.add('has', 'reply', () => 'it answers another message');
    }
    if (name !== 'message-id' && name !== 'date' && isIgnoredField(name)) continue;
    shape.add('order', `${before} ${name}`, (each) => `order of fields: ${each}`);
    before = name;
    shape.add('style', styleOf(raw), (each) => `field written like ${each}`);
    if (isIgnoredField(name)) continue;
    if (seen.has(name)) shape.add('twice', name, (each) => `two ${each} fields`);
    seen.add(name);
    if (name.startsWith('x-')) shape.add('has', name, (each) => `a field ${each}`);
    addWords(name, decodeWords(value), traits);
  }
  shape.add('received', `${Math.min(received, 6)}`, (each) => `${each} Received fields`);
  addAddresses(fields, traits);
}

/** Name with its capitals, the blanks behind it, and what continued lines begin with. */
function styleOf(raw: string): string {
  const colon = raw.indexOf(':');
  let end = colon + 1;
  while (end - colon < 8 && (raw[end] === ' ' || raw[end] === '\t')) end += 1;
  const fold = raw.indexOf('\n', end);
  const continued = fold === -1 || fold + 1 >= raw.length ? '' : raw.slice(fold, fold + 3);
  return raw.slice(0, end) + continued.trimEnd();
}

/** Words of a field, each beside the name of the field; in lower case. */
function addWords(name: string, value: string, traits: Traits): void {
  const text = value.toLowerCase();
  let start = -1;
  let count = 0;
  for (let at = 0; at <= text.length && count < maxWords; at += 1) {
    const code = text.charCodeAt(at);
    const isWord =
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x30 && code <= 0x39) ||
      code > 0xbf ||
      (start !== -1 && (code === 0x2e || code === 0x2d || code === 0x5f || code === 0x2f));
    if (isWord) {
      if (start === -1) start = at;
      continue;
    }
    if (start === -1) continue;
    const word = text.slice(start, Math.min(at, start + 40));
    start = -1;
    count += 1;
    traits.add(name, word, (each) => `"${each}" in ${name}`);
  }
}

function addMessageId(value: string, traits: Traits, shape: Traits): void {
  const host = value
    .slice(value.lastIndexOf('@') + 1)
    .replaceAll('>', '')
    .toLowerCase();
  traits.add('message-id-host', host.slice(0, 80), (each) => `Message-ID made at ${each}`);
  shape.add('message-id-shape', patternOf(value), (each) => `Message-ID of the form ${each}`);
}

/** Runs of letters, digits and capitals, each as one character: tells programs from one another. */
function patternOf(value: string): string {
  let pattern = '';
  for (const char of value.slice(0, 100)) {
    const kind =
      char >= '0' && char <= '9'
        ? '0'
        : char >= 'a' && char <= 'z'
          ? 'a'
          : char >= 'A' && char <= 'Z'
            ? 'A'
            : char;
    if (!pattern.endsWith(kind)) pattern += kind;
    if (kind === '@') break;
  }
  return pattern.slice(0, 40);
}

function addDate(value: string, shape: Traits): void {
  const zone = value.match(/[+-]\d{4}|[A-Z]{2,4}\)?$/)?.[0] ?? 'none';
  shape.add('zone', zone, (each) => `time zone ${each}`);
}

function addAddresses(fields: readonly SampledField[], traits: Traits): void {
  const from = hostOf(fields, 'from');
  const replyTo = hostOf(fields, 'reply-to');
  if (from === undefined) {
    traits.add('has', 'no-from', () => 'no sender address');
    return;
  }
  for (const part of domainsOf(from)) traits.add('from-host', part, (each) => `sender at ${each}`);
  if (replyTo !== undefined && replyTo !== from) {
    traits.add('has', 'other-reply-to', () => 'answers go to another domain');
  }
}

function hostOf(fields: readonly SampledField[], name: string): string | undefined {
  const value = fields.find((field) => field.name === name)?.value;
  if (value === undefined) return undefined;
  const at = value.lastIndexOf('@');
  if (at === -1) return undefined;
  let end = at + 1;
  while (end < value.length && /[\w.-]/.test(value[end] ?? '')) end += 1;
  return value.slice(at + 1, end).toLowerCase();
}

/** `mail.example.co.uk`: itself and each parent, the last label too. */
export function domainsOf(host: string): string[] {
  const labels = host.split('.').slice(-4);
  return labels.map((_, index) => labels.slice(index).join('.'));
}
