// Owns the keys about failed logins: how many are free, how long the next ones are delayed, what is said.
import { z } from 'zod';
import { duration, integer, networks, oneOf } from './values.ts';

const maxFailures = 1_000_000;
const error = `expected a whole number from 1 to ${maxFailures}, or off`;

function freeFailures(about: string, fallback: number) {
  return z
    .union([z.literal('off'), z.int({ error }).min(1, { error }).max(maxFailures, { error })], {
      error,
    })
    .default(fallback)
    .describe(`${about} off never delays one for that.`)
    .transform((value) => (value === 'off' ? undefined : value));
}

export const loginsSchema = z
  .strictObject({
    failures_per_address: freeFailures(
      'Wrong passwords from one address, or one /64 network of IPv6, before the next attempts are delayed.',
      10,
    ),
    failures_per_account: freeFailures(
      'Wrong passwords for one account before the next attempts are delayed.',
      5,
    ),
    failures_per_upstream: freeFailures(
      'Accounts that one mail server refuses in a row before the next attempts are delayed.',
      30,
    ),
    first_delay: duration(
      'For which the first attempt beyond that is delayed; it doubles each time.',
      {
        fallback: '1s',
        min: '100ms',
        max: '10m',
      },
    ),
    max_delay: duration(
      'Longest that an attempt is delayed. Who would have to wait longer is refused.',
      {
        fallback: '20s',
        min: '100ms',
        max: '10m',
      },
    ),
    forget_after: duration('In which half of the wrong passwords is forgotten.', {
      fallback: '15m',
      min: '1s',
      max: '30d',
    }),
    same_password: duration(
      'For which a refused password is not sent again, but refused with the same answer; it doubles each time, up to an hour. 0s sends it every time.',
      { fallback: '5m', min: '0s', max: '1d' },
    ),
    max_entries: integer(
      'Addresses, accounts and passwords that are remembered, of each so many.',
      { min: 100, max: 1_000_000 },
    ).default(20_000),
    shared_addresses: networks(
      'Addresses of many users, such as a webmail server: no wrong passwords are counted for them. IPv6 by networks of /64 or wider.',
    ).optional(),
    unknown_users: oneOf(
      'How the log and the records show a refused user name that has not logged in before: it may be a password in the wrong field.',
      ['shown', 'hashed', 'hidden'],
    ).default('shown'),
  })
  .transform((logins) => ({
    failuresPerAddress: logins.failures_per_address,
    failuresPerAccount: logins.failures_per_account,
    failuresPerUpstream: logins.failures_per_upstream,
    firstDelayMs: logins.first_delay,
    maxDelayMs: logins.max_delay,
    forgetAfterMs: logins.forget_after,
    samePasswordMs: logins.same_password,
    maxEntries: logins.max_entries,
    sharedAddresses: logins.shared_addresses ?? [],
    unknownUsers: logins.unknown_users,
  }));
