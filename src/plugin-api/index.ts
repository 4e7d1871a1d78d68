// The whole public surface for plugin authors. Anything not exported here may change without notice.
export { z } from 'zod';
export { type ChainHead, headPathOf, readHead, writeHead } from '../base/chain-head.ts';
export type { Clock, Timer } from '../base/clock.ts';
export { Failover, type FailoverOptions, ServerFailure } from '../base/failover.ts';
export { GiveWay } from '../base/give-way.ts';
export { matchesGlob } from '../base/glob.ts';
export {
  type ChainKey,
  type ChainPoint,
  chainStart,
  type LinkNotes,
  readLink,
  sealLine,
  toChainKey,
} from '../base/hash-chain.ts';
export { LinearPattern } from '../base/linear-pattern.ts';
export type { Logger } from '../base/log.ts';
export { type Network, NetworkSet, parseNetwork } from '../base/network.ts';
export { linesOf } from '../base/octet-lines.ts';
export { hasPublicSuffix, isUnder, registrableDomain } from '../base/registrable-domain.ts';
export { purposeOf } from '../base/special-networks.ts';
export { Turns } from '../base/turns.ts';
export type { Finding } from '../config/findings.ts';
export { loadYamlFile } from '../config/load.ts';
export { duration, integer, optionalDuration, optionalSize, size } from '../config/values.ts';
export {
  type AuthenticationResult,
  type AuthenticationResults,
  parseAuthenticationResults,
} from '../message/authentication-results.ts';
export { decodeOctetString, decodeText } from '../message/charset.ts';
export { decodeWords } from '../message/encoded-word.ts';
export type { Envelope } from '../message/envelope.ts';
export { unfoldedValue } from '../message/header-fields.ts';
export { latinReading, lookAlikeKey, mixesScripts } from '../message/look-alike.ts';
export { type Mailbox, parseMailboxes } from '../message/mailboxes.ts';
export { type MimePart, MimeWalker } from '../message/mime-walk.ts';
export { readPartText } from '../message/part-text.ts';
export { findParameter, toReadableText } from '../message/text.ts';
export { createTransferDecoder, type TransferDecoder } from '../message/transfer-decoding.ts';
export { findUris, type UriLimits, uriLimits } from '../message/uris/find-uris.ts';
export type { FoundUri, UriPlace, UriScheme } from '../message/uris/found-uri.ts';
export { decodeReferences } from '../message/uris/html-references.ts';
export { type Tag, TagReader } from '../message/uris/tag-reader.ts';
export type * from './context.ts';
export { definePlugin, type PluginDefinition, type PluginInstance } from './define-plugin.ts';
export type * from './diagnosis.ts';
export { EnvelopeSource, envelopeOption } from './envelope-source.ts';
export { KeptForMessage } from './kept-for-message.ts';
export type * from './knowledge.ts';
export type * from './lesson.ts';
export type * from './message-view.ts';
export type * from './observation.ts';
export type * from './sender-book.ts';
export { originOf, type SenderOrigin, tellOrigin } from './sender-origin.ts';
export type * from './services.ts';
export type * from './tool.ts';
export type * from './transform.ts';
export {
  type BlockVerdict,
  block,
  type FlagVerdict,
  flag,
  type PassVerdict,
  pass,
  type ScoreReason,
  type ScoreVerdict,
  score,
  type TempfailVerdict,
  tempfail,
  type Verdict,
} from './verdict.ts';
