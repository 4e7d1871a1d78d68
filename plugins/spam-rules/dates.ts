// Owns reading dates of header fields, as leniently as mail programs do. Pure.
import type { HeaderReader } from '#plugin-api';

const longestDate = 100;

/** Undefined for what is no date. */
export function parseDate(value: string): number | undefined {
  const text = value
    .slice(0, longestDate)
    .replaceAll(/\([^()]*\)/g, ' ')
    .trim();
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** When the newest machine on the way took the message. */
export function receivedAt(headers: HeaderReader): number | undefined {
  const value = headers.get('Received');
  return value === undefined ? undefined : parseDate(value.slice(value.lastIndexOf(';') + 1));
}
