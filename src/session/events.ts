// Owns the two vocabularies of a session: what happened (past tense) and what is to be done (imperative).
import type { ResponseCode } from '../base/errors.ts';
import type { Credentials } from '../base/secret.ts';
import type { TextMode, UpstreamCapabilities } from '../pop3/capability.ts';
import type { Maildrop, MaildropMessage } from './maildrop.ts';

/** Whether the client may send a password over its connection as it is now. */
export type Admission =
  | { readonly kind: 'admitted' }
  /** Login commands are refused with this text. */
  | { readonly kind: 'loginDenied'; readonly text: string };

export type SessionEvent =
  | { readonly kind: 'connected'; readonly admission: Admission }
  | { readonly kind: 'lineReceived'; readonly line: Buffer }
  | { readonly kind: 'tlsEstablished'; readonly admission: Admission }
  | {
      readonly kind: 'loggedIn';
      readonly maildrop: Maildrop;
      readonly capabilities: UpstreamCapabilities;
    }
  | {
      readonly kind: 'loginRefused';
      readonly text: string;
      readonly responseCode: ResponseCode | undefined;
    }
  /** The upstream has ended its session; `keptMessages` counts marked messages it did not delete. */
  | { readonly kind: 'updated'; readonly keptMessages: number }
  | {
      readonly kind: 'updateFailed';
      readonly text: string;
      readonly responseCode: ResponseCode | undefined;
    };

export type SessionAction =
  | { readonly kind: 'sendReply'; readonly bytes: Buffer }
  /** Reply sent, now negotiate; nothing the client sent before counts any more. */
  | { readonly kind: 'startTls' }
  /** The next line is a SASL response and may be longer than a command. */
  | { readonly kind: 'expectSaslResponse' }
  | {
      readonly kind: 'logIn';
      readonly credentials: Credentials;
      /** As the client asked for; in `utf8` the upstream has to switch before the login. */
      readonly mode: TextMode;
    }
  /** RETR, or TOP when `bodyLines` is set. */
  | {
      readonly kind: 'deliver';
      readonly message: MaildropMessage;
      readonly bodyLines: number | undefined;
    }
  /** Delete these upstream and end its session. */
  | { readonly kind: 'update'; readonly deleted: readonly MaildropMessage[] }
  | { readonly kind: 'endSession'; readonly reason: string };
