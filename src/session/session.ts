// Owns one client session: an event in, actions out. It has no socket, no clock and no log, so any
// dialogue can be replayed from a script.

import {
  composeCapabilities,
  type TextMode,
  type UpstreamCapabilities,
} from '../pop3/capability.ts';
import { type Command, parseCommand } from '../pop3/command.ts';
import { challenge, errReply, multilineReply, okReply } from '../pop3/reply.ts';
import { Deletions, originalGone } from './deletion.ts';
import type { Admission, SessionAction, SessionEvent } from './events.ts';
import { languageReply } from './language.ts';
import {
  expectsSaslResponse,
  handleLoginCommand,
  handleSaslResponse,
  type LoginOutcome,
  type LoginStep,
  noLogin,
} from './login.ts';
import type { Maildrop, MaildropMessage } from './maildrop.ts';
import { legalStates, nextState, type SessionState } from './states.ts';

export interface SessionOptions {
  /** Text of the greeting. */
  readonly banner: string;
  /** The listener offers STLS. */
  readonly offersStls: boolean;
  readonly isEncrypted: boolean;
  readonly loginAttempts: number;
  /** What every server has announced that the login may lead to: CAPA before login is made from it. */
  readonly expectedCapabilities?: () => UpstreamCapabilities | undefined;
}

interface OpenMaildrop {
  readonly maildrop: Maildrop;
  readonly capabilities: UpstreamCapabilities;
  readonly deletions: Deletions;
}

const noSuchMessage = 'no such message';

export class Session {
  readonly #options: SessionOptions;
  #state: SessionState = 'AUTHORIZATION';
  #admission: Admission = { kind: 'loginDenied', text: 'not ready' };
  #isEncrypted: boolean;
  #login: LoginStep = noLogin;
  #mode: TextMode = 'octets';
  #failedLogins = 0;
  #wishedLanguage: string | undefined;
  #open: OpenMaildrop | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#isEncrypted = options.isEncrypted;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The last argument of LANG: for what is written to the reader, whatever the replies are in. */
  get wishedLanguage(): string | undefined {
    return this.#wishedLanguage;
  }

  handle(event: SessionEvent): SessionAction[] {
    switch (event.kind) {
      case 'connected':
        this.#admission = event.admission;
        return [reply(okReply(this.#options.banner))];
      case 'tlsEstablished':
        // RFC 2595 s.4: everything known from before is forgotten, a USER included.
        this.#admission = event.admission;
        this.#isEncrypted = true;
        this.#login = noLogin;
        return [];
      case 'lineReceived':
        return this.#line(event.line);
      case 'loggedIn':
        this.#state = nextState(this.#state, 'logged in');
        this.#open = {
          maildrop: event.maildrop,
          capabilities: event.capabilities,
          deletions: new Deletions(event.keptOriginals),
        };
        return [reply(okReply(describe(event.maildrop)))];
      case 'loginRefused':
        return this.#countFailure(errReply(event.text, event.responseCode));
      case 'messageDelivered':
        this.#open?.deletions.delivered(event.message, event.original);
        return [];
      case 'messageRefused':
        this.#open?.deletions.refused(event.message);
        return [];
      case 'lineRefused':
        this.#noteRefusal(event.line);
        return [];
      case 'originalsChecked':
        if (!event.areSafe) return [reply(errReply(originalGone))];
        this.#open?.maildrop.markDeleted(event.message);
        return [reply(okReply('marked as deleted'))];
      case 'updated':
        return this.#finish(
          event.keptMessages === 0
            ? okReply('bye')
            : errReply(`not removed by the mail server: ${event.keptMessages}`),
        );
      case 'updateFailed':
        return this.#finish(errReply(event.text, event.responseCode));
    }
  }

  /** A message asked for in vain is not given, whoever has refused it. */
  #noteRefusal(line: Buffer): void {
    const command = parseCommand(line);
    if (this.#open === undefined || (command.name !== 'RETR' && command.name !== 'TOP')) return;
    const message = this.#open.maildrop.find(command.number);
    if (message !== undefined) this.#open.deletions.refused(message);
  }

  #finish(bytes: Buffer): SessionAction[] {
    this.#state = nextState(this.#state, 'updated');
    return [reply(bytes), { kind: 'endSession', reason: 'QUIT' }];
  }

  #countFailure(bytes: Buffer): SessionAction[] {
    this.#failedLogins += 1;
    const actions: SessionAction[] = [reply(bytes)];
    if (this.#failedLogins >= this.#options.loginAttempts) {
      this.#state = nextState(this.#state, 'login limit');
      actions.push({ kind: 'endSession', reason: 'too many failed logins' });
    }
    return actions;
  }

  #line(line: Buffer): SessionAction[] {
    if (expectsSaslResponse(this.#login)) {
      return this.#loginOutcome(handleSaslResponse(this.#login, line));
    }
    const command = parseCommand(line);
    if (command.name === 'bad') return [reply(errReply(command.problem))];
    if (!legalStates[command.name].includes(this.#state)) {
      return [reply(errReply(`not allowed in ${this.#state} state`))];
    }
    return this.#open === undefined
      ? this.#authorization(command)
      : this.#transaction(command, this.#open);
  }

  #authorization(command: Command): SessionAction[] {
    switch (command.name) {
      case 'CAPA':
        return [this.#capabilities()];
      case 'QUIT':
        this.#state = nextState(this.#state, 'QUIT');
        return [reply(okReply('bye')), { kind: 'endSession', reason: 'QUIT before login' }];
      case 'STLS':
        if (!this.#canStartTls) return [reply(errReply('STLS is not available'))];
        // RFC 6856 s.2: a client must not do this, and a server may say so.
        if (this.#mode === 'utf8') return [reply(errReply('STLS comes before UTF8'))];
        return [reply(okReply('begin TLS negotiation')), { kind: 'startTls' }];
      case 'UTF8':
        if (this.#upstream?.hasUtf8 !== true) return [reply(errReply('UTF8 is not available'))];
        this.#mode = 'utf8';
        return [reply(okReply('UTF-8 from here on'))];
      case 'LANG':
        return [this.#language(command.language)];
      case 'USER':
      case 'PASS':
      case 'AUTH':
        if (this.#admission.kind === 'loginDenied') {
          return [reply(errReply(this.#admission.text, 'AUTH'))];
        }
        return this.#loginOutcome(handleLoginCommand(this.#login, command));
      default:
        return [reply(errReply('not allowed before login'))];
    }
  }

  #loginOutcome(outcome: LoginOutcome): SessionAction[] {
    this.#login =
      outcome.kind === 'accepted' || outcome.kind === 'challenged' ? outcome.step : noLogin;
    switch (outcome.kind) {
      case 'accepted':
        return [reply(okReply(outcome.text))];
      case 'challenged':
        return [reply(challenge(outcome.challenge)), { kind: 'expectSaslResponse' }];
      case 'mechanismsListed':
        return [reply(multilineReply('mechanisms follow', ['PLAIN', 'LOGIN']))];
      case 'complete':
        return [{ kind: 'logIn', credentials: outcome.credentials, mode: this.#mode }];
      case 'rejected':
        return [reply(errReply(outcome.text))];
    }
  }

  #transaction(command: Command, open: OpenMaildrop): SessionAction[] {
    const { maildrop } = open;
    switch (command.name) {
      case 'CAPA':
        return [this.#capabilities()];
      case 'LANG':
        return [this.#language(command.language)];
      case 'NOOP':
        return [reply(okReply(''))];
      case 'RSET':
        maildrop.unmarkAll();
        return [reply(okReply(describe(maildrop)))];
      case 'STAT': {
        const { count, octets } = maildrop.totals();
        return [reply(okReply(`${count} ${octets}`))];
      }
      case 'LIST':
        return [list(maildrop, command.number, (message) => String(message.octets))];
      case 'UIDL':
        if (!maildrop.hasUidls) return [reply(errReply('the mail server has no UIDL'))];
        return [list(maildrop, command.number, (message) => message.uidl ?? '')];
      case 'RETR':
      case 'TOP': {
        const message = maildrop.find(command.number);
        if (message === undefined) return [reply(errReply(noSuchMessage))];
        const bodyLines = command.name === 'TOP' ? command.lines : undefined;
        return [{ kind: 'deliver', message, bodyLines }];
      }
      case 'DELE': {
        const message = maildrop.find(command.number);
        if (message === undefined) return [reply(errReply(noSuchMessage))];
        return [deletion(message, open)];
      }
      case 'QUIT':
        this.#state = nextState(this.#state, 'QUIT');
        return [update(open)];
      default:
        return [reply(errReply('not allowed after login'))];
    }
  }

  get #canStartTls(): boolean {
    return this.#options.offersStls && !this.#isEncrypted;
  }

  /** Known for certain after login. */
  get #upstream(): UpstreamCapabilities | undefined {
    return this.#open?.capabilities ?? this.#options.expectedCapabilities?.();
  }

  #language(range: string | undefined): SessionAction {
    this.#wishedLanguage = range ?? this.#wishedLanguage;
    const isOffered = this.#upstream?.hasLang === true;
    return reply(isOffered ? languageReply(range) : errReply('LANG is not available'));
  }

  #capabilities(): SessionAction {
    const lines = composeCapabilities({
      isTransaction: this.#state === 'TRANSACTION',
      canLogIn: this.#admission.kind === 'admitted',
      canStartTls: this.#canStartTls,
      upstream: this.#upstream,
    });
    return reply(multilineReply('capabilities follow', lines));
  }
}

function deletion(message: MaildropMessage, { maildrop, deletions }: OpenMaildrop): SessionAction {
  const verdict = deletions.verdictOn(message);
  switch (verdict.kind) {
    case 'refused':
      return reply(errReply(verdict.text, 'SYS/TEMP'));
    case 'depends':
      return { kind: 'checkOriginals', message, originals: verdict.originals };
    case 'allowed':
      maildrop.markDeleted(message);
      return reply(okReply('marked as deleted'));
  }
}

function update({ maildrop, deletions }: OpenMaildrop): SessionAction {
  const deleted = maildrop.deleted();
  return { kind: 'update', deleted, originals: deletions.originalsOf(deleted) };
}

function reply(bytes: Buffer): SessionAction {
  return { kind: 'sendReply', bytes };
}

function describe(maildrop: Maildrop): string {
  const { count, octets } = maildrop.totals();
  return `maildrop has ${count} ${count === 1 ? 'message' : 'messages'} (${octets} octets)`;
}

/** LIST and UIDL: one line each, or the one asked for. */
function list(
  maildrop: Maildrop,
  number: number | undefined,
  value: (message: MaildropMessage) => string,
): SessionAction {
  if (number === undefined) {
    const lines: string[] = [];
    for (const message of maildrop.present()) lines.push(`${message.number} ${value(message)}`);
    return reply(multilineReply('list follows', lines));
  }
  const message = maildrop.find(number);
  if (message === undefined) return reply(errReply(noSuchMessage));
  return reply(okReply(`${number} ${value(message)}`));
}
