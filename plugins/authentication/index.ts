// Owns the verification of where a message comes from: DKIM, ARC and DMARC while it arrives, before
// anybody edits it, and an Authentication-Results field that says what was found.
import { Resolver } from 'node:dns/promises';
import { definePlugin, KeptForMessage, type TransformContext, tellOrigin } from '#plugin-api';
import { authenticate } from './authenticate.ts';
import { authservIdOf, claims } from './authserv-id.ts';
import { DnsCache, type Resolve } from './dns-cache.ts';
import { judge } from './judgement.ts';
import { Lookups } from './lookups.ts';
import { type AuthenticationOptions, optionsSchema } from './options.ts';
import { type Outcome, toOrigin } from './outcome.ts';
import { formatResults, resultsField } from './results-field.ts';
import { toScore } from './scoring.ts';

const maxKeptOutcomes = 10_000;
const maxCachedAnswers = 10_000;
const absenceMs = 60_000;
const failureMs = 5000;
const maxLookups = 100;

export default definePlugin<AuthenticationOptions>({
  name: 'authentication',
  version: '1',
  options: optionsSchema,
  setup(options, { clock }) {
    const { authservId, trust, minKeyBits, dns } = options;
    const resolver = new Resolver({
      timeout: Math.max(100, Math.floor(dns.totalMs / 2)),
      tries: 2,
    });
    if (dns.servers !== undefined) resolver.setServers(dns.servers);
    const times = {
      answerMs: dns.answerMs,
      absenceMs: Math.min(absenceMs, dns.answerMs),
      failureMs,
      maxEntries: maxCachedAnswers,
    };
    const cache = new DnsCache(ask(resolver), clock, times);
    const outcomes = new KeptForMessage<Outcome>(maxKeptOutcomes);
    return {
      ...(options.report === 'scores' && { givesScores: true }),
      async inspect(message) {
        outcomes.forget(message);
        const limits = { maxLookups, totalMs: dns.totalMs };
        const lookups = new Lookups(cache, limits, clock, message.signal);
        const authenticating = authenticate(message, lookups, { minKeyBits });
        tellOrigin(message, authenticating.then(toOrigin));
        const outcome = await authenticating;
        outcomes.put(message, outcome);
        const verdict = judge(outcome, options);
        const isReport = verdict.kind === 'flag' || verdict.kind === 'pass';
        return isReport && options.report === 'scores' ? toScore(outcome) : verdict;
      },
      // No cacheKey: signatures expire and keys are revoked, and `transform` needs the results anew.
      async transform(context, next) {
        removeClaims(context, authservId, trust);
        context.edit.add(resultsField, formatResults(authservId, outcomes.take(context)));
        await next();
      },
      async dispose() {
        resolver.cancel();
      },
    };
  },
});

function ask(resolver: Resolver): Resolve {
  return (name, type) => {
    switch (type) {
      case 'TXT':
        return resolver.resolveTxt(name);
      case 'A':
        return resolver.resolve4(name);
      case 'CNAME':
        return resolver.resolveCname(name);
    }
  };
}

/** RFC 8601 s.5: whoever adds the field removes those that pretend to be of the same server. */
function removeClaims(
  { edit }: TransformContext,
  authservId: string,
  trust: readonly string[] | undefined,
): void {
  edit.remove(resultsField, (value) => {
    if (claims(value, authservId)) return true;
    return trust !== undefined && !trust.includes(authservIdOf(value) ?? '');
  });
}
