// Owns which rules come with the plugin, by what they look at.
import type { BuiltInRule } from './built-in-rule.ts';
import { arcFail } from './rules/arc-fail.ts';
import { base64PlainText } from './rules/base64-plain-text.ts';
import { brandInHost } from './rules/brand-in-host.ts';
import { bulkMarker } from './rules/bulk-marker.ts';
import { cryptoAddress } from './rules/crypto-address.ts';
import { dataOrScriptLink } from './rules/data-or-script-link.ts';
import { dateImplausible } from './rules/date-implausible.ts';
import { dateMissing } from './rules/date-missing.ts';
import { disguisedLetters } from './rules/disguised-letters.ts';
import { displayNameAddress } from './rules/display-name-address.ts';
import { displayNameBrand } from './rules/display-name-brand.ts';
import { dkimFail } from './rules/dkim-fail.ts';
import { dkimPass } from './rules/dkim-pass.ts';
import { dmarcFail } from './rules/dmarc-fail.ts';
import { dmarcPass } from './rules/dmarc-pass.ts';
import { formInHtml } from './rules/form-in-html.ts';
import { fromMalformed } from './rules/from-malformed.ts';
import { fromMissing } from './rules/from-missing.ts';
import { fromSeveral } from './rules/from-several.ts';
import { hiddenText } from './rules/hidden-text.ts';
import { htmlAttachment } from './rules/html-attachment.ts';
import { htmlOnlyImage } from './rules/html-only-image.ts';
import { htmlWithoutText } from './rules/html-without-text.ts';
import { linkOddPort } from './rules/link-odd-port.ts';
import { linkShortener } from './rules/link-shortener.ts';
import { linkTextMismatch } from './rules/link-text-mismatch.ts';
import { linkToAddressLiteral } from './rules/link-to-address-literal.ts';
import { linkToFreeHost } from './rules/link-to-free-host.ts';
import { linkUserinfo } from './rules/link-userinfo.ts';
import { lookAlikeDomain } from './rules/look-alike-domain.ts';
import { mailerMismatch } from './rules/mailer-mismatch.ts';
import { messageIdMalformed } from './rules/message-id-malformed.ts';
import { messageIdMissing } from './rules/message-id-missing.ts';
import { mixedScripts } from './rules/mixed-scripts.ts';
import { nestedUri } from './rules/nested-uri.ts';
import { ownAddressForged } from './rules/own-address-forged.ts';
import { priorityHigh } from './rules/priority-high.ts';
import { providerSaysHam } from './rules/provider-says-ham.ts';
import { providerSaysSpam } from './rules/provider-says-spam.ts';
import { punycodeHost } from './rules/punycode-host.ts';
import { receivedForgedOwn } from './rules/received-forged-own.ts';
import { recipientMissing } from './rules/recipient-missing.ts';
import { replyToFreeMail } from './rules/reply-to-free-mail.ts';
import { replyToOtherDomain } from './rules/reply-to-other-domain.ts';
import { returnPathOtherDomain } from './rules/return-path-other-domain.ts';
import { scriptInHtml } from './rules/script-in-html.ts';
import { spfFail } from './rules/spf-fail.ts';
import { stackedMarks } from './rules/stacked-marks.ts';
import { styledLetters } from './rules/styled-letters.ts';
import { subjectFalseReply } from './rules/subject-false-reply.ts';
import { subjectShouting } from './rules/subject-shouting.ts';
import { subjectSpaced } from './rules/subject-spaced.ts';
import { trackingRedirect } from './rules/tracking-redirect.ts';
import { turnedText } from './rules/turned-text.ts';
import { zeroWidthInWords } from './rules/zero-width-in-words.ts';

export const builtInRules: readonly BuiltInRule[] = [
  fromMissing,
  fromSeveral,
  fromMalformed,
  displayNameAddress,
  displayNameBrand,
  turnedText,
  ownAddressForged,
  lookAlikeDomain,
  brandInHost,
  punycodeHost,
  mixedScripts,
  replyToOtherDomain,
  replyToFreeMail,
  returnPathOtherDomain,
  recipientMissing,
  bulkMarker,
  subjectSpaced,
  subjectShouting,
  stackedMarks,
  styledLetters,
  subjectFalseReply,
  priorityHigh,
  hiddenText,
  disguisedLetters,
  zeroWidthInWords,
  htmlOnlyImage,
  htmlWithoutText,
  formInHtml,
  scriptInHtml,
  htmlAttachment,
  base64PlainText,
  cryptoAddress,
  linkTextMismatch,
  trackingRedirect,
  nestedUri,
  linkShortener,
  linkToFreeHost,
  linkToAddressLiteral,
  linkUserinfo,
  linkOddPort,
  dataOrScriptLink,
  dateMissing,
  dateImplausible,
  messageIdMissing,
  messageIdMalformed,
  mailerMismatch,
  receivedForgedOwn,
  dkimPass,
  dkimFail,
  spfFail,
  dmarcPass,
  dmarcFail,
  arcFail,
  providerSaysSpam,
  providerSaysHam,
];
