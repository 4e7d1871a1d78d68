// Owns one login at a mail server with the credentials of a person who asked for it. It is tried once,
// lists the maildrop and quits; nothing is fetched and nothing deleted.
import { systemClock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Credentials } from '../../base/secret.ts';
import type { RouteConfig } from '../../config/schema.ts';
import { UpstreamTrust } from '../../tls/upstream-trust.ts';
import { UpstreamClient } from '../../upstream/client.ts';
import { KnownUpstream } from '../../upstream/known-upstreams.ts';
import { type Check, fail, ok } from './check.ts';

export function loginCheck(
  { name, upstream }: RouteConfig,
  credentials: Credentials,
  maxMessages: number,
): Check {
  return {
    subject: `login by route ${name}`,
    async *run(signal) {
      const trust = (await UpstreamTrust.load(upstream)).optionsFor(upstream.serverName);
      const known = new KnownUpstream(systemClock);
      const place = { target: upstream, trust, clock: systemClock, known };
      let during = 'the connection';
      try {
        const client = await UpstreamClient.open(place, signal);
        during = 'the login';
        await client.logIn(credentials);
        yield ok('the server accepts name and password');
        during = 'the list of messages';
        const { scan, uidls } = await client.list(maxMessages);
        await client.update([]);
        const ids = uidls === undefined ? 'without UIDL' : 'with UIDL';
        yield ok(`${scan.length} messages in the maildrop, ${ids}`);
      } catch (error) {
        if (!(error instanceof AppError) || signal.aborted) throw error;
        yield fail(
          `${during} fails: ${error.clientText}`,
          `See docs/errors.md, ${error.code}. It was tried once, so as not to have the account locked.`,
        );
      }
    },
  };
}
