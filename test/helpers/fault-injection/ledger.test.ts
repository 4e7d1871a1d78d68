import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HeldEntry } from './administrator.ts';
import { Ledger, type Whereabouts } from './ledger.ts';
import { Random } from './random.ts';
import { type MailKind, makeMail, type SampleMail } from './sample-mail.ts';
import type { SessionRecord } from './session-record.ts';

const uidl = 'u1';
const id = '0123456789abcdef0123456789abcdef';
const releasedUidl = `postern-${id}`;

const nothing: SessionRecord = {
  login: 'ok',
  received: [],
  refused: [],
  cut: [],
  deletions: [],
  reset: 'no',
  quit: 'no',
  isDeserted: false,
  isSilent: false,
  octets: Buffer.alloc(0),
};

function mailOf(kind: MailKind): SampleMail {
  return makeMail(new Random(1), kind, 'm1');
}

function entryOf(mail: SampleMail, state: HeldEntry['state'] = 'held'): HeldEntry {
  return { id, code: 'K7QF-2M9P-X4TD', state, sha256: mail.sha256 };
}

function noticeFor(quarantineId: string, end = '--b--\r\n'): Buffer {
  return Buffer.from(
    [
      `X-Postern-Quarantine: ${quarantineId}`,
      'Content-Type: multipart/alternative; boundary="b"',
      '',
      '--b',
      '',
      'ask for K7QF-2M9P-X4TD',
      end,
    ].join('\r\n'),
  );
}

function received(body: Buffer, as = uidl): SessionRecord['received'][number] {
  return { uidl: as, status: `+OK ${body.length} octets`, body, lines: undefined };
}

interface Scene {
  readonly kind?: MailKind;
  /** Marked by the administrator before. */
  readonly marked?: 'released' | 'discarded';
  readonly session: (mail: SampleMail) => Partial<SessionRecord>;
  readonly entries?: (mail: SampleMail) => readonly HeldEntry[];
  /** Is the message still upstream afterwards? */
  readonly isUpstream?: boolean;
  /** What quarantine gives out, if not what it should. */
  readonly content?: string;
}

/** All that is found in one session about one message. */
async function findings(scene: Scene): Promise<string[]> {
  const mail = mailOf(scene.kind ?? 'clean');
  const ledger = new Ledger();
  ledger.delivered(uidl, mail);
  if (scene.marked !== undefined) ledger.marked(id, scene.marked);
  const session: SessionRecord = { ...nothing, ...scene.session(mail) };
  const entries = scene.entries?.(mail) ?? [];
  const now: Whereabouts = {
    maildrop: new Set(scene.isUpstream === false ? [] : [mail.sha256]),
    entries,
    contentSha256: async () => scene.content ?? mail.sha256,
  };
  const { problems } = ledger.take(session, entries);
  return [...problems, ...(await ledger.missing(session, now))];
}

const deleted = (motive: 'has it' | 'blind' | 'unwanted', as = uidl) =>
  ({ deletions: [{ uidl: as, motive, reply: 'ok' }], quit: 'ok' }) as const;

const sound: Readonly<Record<string, Scene>> = {
  'nothing has happened': { session: () => ({}) },
  'a message was read and deleted': {
    session: ({ octets }) => ({ received: [received(octets)], ...deleted('has it') }),
    isUpstream: false,
  },
  'a field was added above the others': {
    session: ({ octets }) => ({
      received: [received(Buffer.concat([Buffer.from('X-More: 1\r\n'), octets]))],
    }),
  },
  'a notice was deleted whose original is held': {
    kind: 'infected',
    session: () => ({ received: [received(noticeFor(id))], ...deleted('has it') }),
    entries: (mail) => [entryOf(mail)],
    isUpstream: false,
  },
  'an original was discarded on purpose': {
    kind: 'infected',
    marked: 'discarded',
    session: () => deleted('has it'),
    entries: (mail) => [entryOf(mail, 'discarded')],
    isUpstream: false,
  },
  'a released original came back': {
    kind: 'infected',
    marked: 'released',
    session: ({ octets }) => ({ received: [received(octets, releasedUidl)], octets }),
    entries: (mail) => [entryOf(mail, 'released')],
  },
  'a message nobody wanted is gone': { session: () => deleted('unwanted'), isUpstream: false },
  'the client left before it got what it told to delete': {
    session: () => ({ ...deleted('blind'), quit: 'sent', isDeserted: true }),
    isUpstream: false,
  },
};

const unsound: Readonly<Record<string, Scene & { readonly finding: RegExp }>> = {
  'a message is cut short and has a terminator': {
    session: ({ octets }) => ({ received: [received(octets.subarray(0, -20))] }),
    finding: /looks complete and is wrong: the body differs/,
  },
  'there is less than was announced': {
    session: ({ octets }) => ({
      received: [{ ...received(octets), status: '+OK 999999 octets' }],
    }),
    finding: /999999 were announced/,
  },
  'a header field is gone': {
    session: ({ octets }) => ({ received: [received(octets.subarray(octets.indexOf('Subj')))] }),
    finding: /the header field is gone: From/,
  },
  'a notice is cut short': {
    kind: 'infected',
    session: () => ({ received: [received(noticeFor(id, '--'))] }),
    entries: (mail) => [entryOf(mail)],
    finding: /half a notice/,
  },
  'a notice has no original': {
    kind: 'infected',
    session: () => ({ received: [received(noticeFor(id))] }),
    finding: /an entry that is not there/,
  },
  'a virus comes through': {
    kind: 'infected',
    session: ({ octets }) => ({ received: [received(octets)], octets }),
    finding: /the original of what has to be kept back/,
  },
  'a piece of a virus comes through': {
    kind: 'infected',
    session: ({ octets }) => ({ cut: [uidl], octets: octets.subarray(-200) }),
    finding: /has reached the client/,
  },
  'a part that has to go is there': {
    kind: 'strip',
    session: ({ octets }) => ({ received: [received(octets)] }),
    finding: /the part that has to go is still there/,
  },
  'an original comes back that nobody released': {
    kind: 'infected',
    session: ({ octets }) => ({ received: [received(octets, releasedUidl)] }),
    entries: (mail) => [entryOf(mail)],
    finding: /nobody released it/,
  },
  'a message vanishes by itself': {
    session: () => ({ quit: 'ok' }),
    isUpstream: false,
    finding: /deleted without DELE and QUIT/,
  },
  'a message vanishes without QUIT': {
    session: () => ({ ...deleted('has it'), quit: 'no' }),
    isUpstream: false,
    finding: /deleted without DELE and QUIT/,
  },
  'a message vanishes that the client did not get': {
    session: () => deleted('blind'),
    isUpstream: false,
    finding: /lost: neither/,
  },
  'the original of a deleted notice cannot be read': {
    kind: 'infected',
    session: () => ({ received: [received(noticeFor(id))], ...deleted('has it') }),
    entries: (mail) => [entryOf(mail)],
    isUpstream: false,
    content: 'another',
    finding: /lost: neither/,
  },
  'an original vanishes that nobody discarded': {
    kind: 'infected',
    session: () => deleted('has it'),
    entries: (mail) => [entryOf(mail, 'discarded')],
    isUpstream: false,
    finding: /discarded by nobody/,
  },
  'a released original is collected that nobody deleted': {
    kind: 'infected',
    marked: 'released',
    session: () => ({ quit: 'ok' }),
    entries: (mail) => [entryOf(mail, 'collected')],
    finding: /collected without DELE and QUIT/,
  },
  'QUIT is confirmed and nothing is deleted': {
    session: () => deleted('has it'),
    finding: /QUIT was confirmed, but it is still there/,
  },
  'DELE of a refused message is accepted': {
    session: () => ({
      refused: [{ uidl, command: 'RETR', status: '-ERR [SYS/TEMP] no' }],
      ...deleted('blind'),
      quit: 'no',
    }),
    finding: /was refused, and DELE of it accepted/,
  },
  'an answer never comes': { session: () => ({ isSilent: true }), finding: /for too long/ },
};

for (const [name, scene] of Object.entries(sound)) {
  test(`the books balance when ${name}`, async () => {
    assert.deepEqual(await findings(scene), []);
  });
}

for (const [name, scene] of Object.entries(unsound)) {
  test(`the books do not balance when ${name}`, async () => {
    assert.match((await findings(scene)).join('\n'), scene.finding);
  });
}
