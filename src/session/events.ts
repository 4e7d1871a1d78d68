// Owns the two vocabularies of a session: what happened (past tense) and what is to be done (imperative).
import type { ResponseCode } from '../base/errors.ts';
import type { Credentials } from '../base/secret.ts';
import type { TextMode, UpstreamCapabilities } from '../pop3/capability.ts';
import type { KeptOriginals } from './deletion.ts';
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
      /** Originals in quarantine of messages in this maildrop. */
      readonly keptOriginals?: KeptOriginals;
    }
  | {
      readonly kind: 'loginRefused';
      readonly text: string;
      readonly responseCode: ResponseCode | undefined;
    }
  /** `original`: the client was given something in its place, and the original is in quarantine. */
  | {
      readonly kind: 'messageDelivered';
      readonly message: MaildropMessage;
      readonly original: string | undefined;
    }
  | { readonly kind: 'messageRefused'; readonly message: MaildropMessage }
  /** A plugin did not let this line through, and the client was answered with -ERR. */
  | { readonly kind: 'lineRefused'; readonly line: Buffer }
  | {
      readonly kind: 'originalsChecked';
      readonly message: MaildropMessage;
      readonly areSafe: boolean;
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
  /** Find out whether these originals are safe in quarantine: the client wants to delete the notice. */
  | {
      readonly kind: 'checkOriginals';
      readonly message: MaildropMessage;
      readonly originals: readonly string[];
    }
  /**
   * Delete these and end the session upstream. What `originals` names must still be safe in quarantine
   * for that, by number of the message: its mark may be older than what has happened there since.
   */
  | {
      readonly kind: 'update';
      readonly deleted: readonly MaildropMessage[];
      readonly originals: ReadonlyMap<number, readonly string[]>;
    }
  | { readonly kind: 'endSession'; readonly reason: string };
