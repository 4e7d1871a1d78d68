// Owns how SpamAssassin is told of the envelope that the message had in SMTP: by fields in front of the
// copy that it is given. No octet of a sender gets into them unchecked. Pure.
import { isIPv6 } from 'node:net';
import type { Envelope, HeaderReader } from '#plugin-api';

/** Who writes the Received field; a name that no host has (RFC 6761 s.6.4). */
export const writer = 'postern.invalid';

const hostPattern = /^[A-Za-z0-9_:.[\]-]{1,255}$/;
const pathPattern = /^[!#-'*+\--;=?-Z^-~]{0,320}$/;
const datePattern = /^[A-Za-z0-9 ,:+()-]{10,60}$/;

/** Lines with their ends; empty where nothing is known. `now`: for a message that tells no time. */
export function envelopeFields(envelope: Envelope, headers: HeaderReader, now: Date): string {
  const received = receivedField(envelope, headers, now);
  const sender = checked(envelope.sender, pathPattern);
  // Below a Received field SpamAssassin does not believe a Return-Path, so this stands above all.
  return (sender === undefined ? '' : `X-Envelope-From: <${sender}>\r\n`) + received;
}

/** Only a topmost field of a host in trusted_networks tells SpamAssassin who handed the message in. */
function receivedField(envelope: Envelope, headers: HeaderReader, now: Date): string {
  const { clientAddress, clientName } = envelope;
  if (clientAddress === undefined) return '';
  const [topmost = ''] = headers.all('received');
  const address = isIPv6(clientAddress) ? `IPv6:${clientAddress}` : clientAddress;
  // Then it is there already.
  if (topmost.slice(0, 500).includes(`[${address}]`)) return '';
  const helo = checked(envelope.helo, hostPattern) ?? `[${address}]`;
  const name = checked(clientName, hostPattern);
  const client = name === undefined ? `[${address}]` : `${name} [${address}]`;
  return `Received: from ${helo} (${client})\r\n\tby ${writer} with ESMTP; ${dateOf(topmost, now)}\r\n`;
}

/** When the provider took the message in: that it was read from a maildrop days later means nothing. */
function dateOf(received: string, now: Date): string {
  const date = received.slice(received.lastIndexOf(';') + 1).trim();
  return checked(date, datePattern) ?? now.toUTCString().replace('GMT', '+0000');
}

function checked(text: string | undefined, pattern: RegExp): string | undefined {
  return text !== undefined && pattern.test(text) ? text : undefined;
}
