// Owns what rules can see of a message: a bounded part of it, decoded once for all rules.
import type { FoundUri, HeaderReader, Mailbox } from '#plugin-api';
import type { HtmlSurvey } from '../html/html-survey.ts';
import type { ProviderResults } from './provider-results.ts';

export interface LetterPart {
  readonly path: string;
  readonly contentType: string;
  readonly fileNames: readonly string[];
  readonly isContainer: boolean;
  /** In lower case; undefined where none is declared. */
  readonly transferEncoding: string | undefined;
}

export interface Letter {
  readonly headers: HeaderReader;
  /** Decoded, on one line; undefined without the field. */
  readonly subject: string | undefined;
  /** Of all From fields. */
  readonly from: readonly Mailbox[];
  readonly replyTo: readonly Mailbox[];
  /** Of To and Cc. */
  readonly recipients: readonly Mailbox[];
  /** Decoded; the beginning of each text/plain part. */
  readonly plainText: string;
  /** Of all text/html parts together; undefined without any. */
  readonly html: HtmlSurvey | undefined;
  /** Of both, in the order of the message, at most as many as one text may have. */
  readonly uris: readonly FoundUri[];
  readonly parts: readonly LetterPart[];
  /** Octets of the whole message. */
  readonly octets: number;
  /** Domains of the reader, and of those whom the administrator counts in. In lower case. */
  readonly ownDomains: readonly string[];
  /** Address of the reader; undefined where the login is none. In lower case. */
  readonly ownAddress: string | undefined;
  /** What the provider of the mailbox has found, where its word is trusted. */
  readonly provider: ProviderResults;
  readonly nowMs: number;
}
