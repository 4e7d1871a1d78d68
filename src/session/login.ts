// Owns the client's login dialogue: USER and PASS, AUTH PLAIN and AUTH LOGIN, to Credentials.
// Pure; it neither knows an upstream nor judges a password.
import type { Credentials } from '../base/secret.ts';
import type { Command } from '../pop3/command.ts';
import {
  decodeBase64Line,
  loginPasswordChallenge,
  loginUserChallenge,
  parsePlain,
  toCredentials,
} from '../pop3/sasl.ts';

/** How far the dialogue is. */
export type LoginStep =
  | { readonly kind: 'idle' }
  | { readonly kind: 'userGiven'; readonly user: Buffer }
  | { readonly kind: 'plainExpected' }
  | { readonly kind: 'loginUserExpected' }
  | { readonly kind: 'loginPasswordExpected'; readonly user: Buffer };

/** What one line of the dialogue leads to. */
export type LoginOutcome =
  | { readonly kind: 'accepted'; readonly step: LoginStep; readonly text: string }
  | { readonly kind: 'challenged'; readonly step: LoginStep; readonly challenge: string }
  | { readonly kind: 'mechanismsListed' }
  | { readonly kind: 'complete'; readonly credentials: Credentials }
  | { readonly kind: 'rejected'; readonly text: string };

const idle: LoginStep = { kind: 'idle' };

/** True while the next line is a SASL response and not a command. */
export function expectsSaslResponse(step: LoginStep): boolean {
  return step.kind !== 'idle' && step.kind !== 'userGiven';
}

function rejected(text: string): LoginOutcome {
  return { kind: 'rejected', text };
}

function complete(user: Buffer, password: Buffer): LoginOutcome {
  const credentials = toCredentials(user, password);
  if (credentials === undefined) return rejected('user name or password cannot be used');
  return { kind: 'complete', credentials };
}

export function handleLoginCommand(
  step: LoginStep,
  command: Extract<Command, { name: 'USER' | 'PASS' | 'AUTH' }>,
): LoginOutcome {
  switch (command.name) {
    case 'USER':
      return {
        kind: 'accepted',
        step: { kind: 'userGiven', user: command.user },
        text: 'send PASS',
      };
    case 'PASS':
      if (step.kind !== 'userGiven') return rejected('USER comes first');
      return complete(step.user, command.password);
    case 'AUTH':
      return startSasl(command.mechanism, command.initialResponse);
  }
}

function startSasl(mechanism: string | undefined, initial: string | undefined): LoginOutcome {
  if (mechanism === undefined) return { kind: 'mechanismsListed' };
  const step: LoginStep | undefined =
    mechanism === 'PLAIN'
      ? { kind: 'plainExpected' }
      : mechanism === 'LOGIN'
        ? { kind: 'loginUserExpected' }
        : undefined;
  if (step === undefined) return rejected('this mechanism is not supported');
  if (initial !== undefined) return handleSaslResponse(step, Buffer.from(initial, 'latin1'));
  return {
    kind: 'challenged',
    step,
    challenge: step.kind === 'plainExpected' ? '' : loginUserChallenge,
  };
}

/** One SASL response line without its end; "*" cancels (RFC 5034 s.4). */
export function handleSaslResponse(step: LoginStep, line: Buffer): LoginOutcome {
  const text = line.toString('latin1');
  if (text === '*') return rejected('authentication cancelled');
  const message = text === '' ? Buffer.alloc(0) : decodeBase64Line(text);
  if (message === undefined) return rejected('this is not base64');
  switch (step.kind) {
    case 'plainExpected': {
      const credentials = parsePlain(message);
      return credentials === undefined
        ? rejected('this PLAIN response cannot be used')
        : { kind: 'complete', credentials };
    }
    case 'loginUserExpected':
      return {
        kind: 'challenged',
        step: { kind: 'loginPasswordExpected', user: message },
        challenge: loginPasswordChallenge,
      };
    case 'loginPasswordExpected':
      return complete(step.user, message);
    default:
      return rejected('no authentication is under way');
  }
}

export const noLogin: LoginStep = idle;
