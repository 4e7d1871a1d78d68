// Owns the spam score of SpamAssassin, asked of its daemon spamd: puts the pieces together.
import { definePlugin } from '#plugin-api';
import { check } from './check.ts';
import { inspect } from './inspection.ts';
import { learn } from './lesson.ts';
import { createSpamdMetrics } from './metrics.ts';
import { optionsSchema, type SpamassassinOptions } from './options.ts';
import { createSpamds } from './spamds.ts';

export default definePlugin<SpamassassinOptions>({
  name: 'spamassassin',
  version: '1',
  options: optionsSchema,
  check,
  setup(options, { log, clock, metrics, resolvePath }) {
    const counts = createSpamdMetrics(metrics);
    const spamds = createSpamds(options, { log, clock, metrics: counts, resolvePath });
    return {
      givesScores: true,
      inspect: (message) => inspect(message, spamds, counts),
      learn: (lesson) => learn(lesson, spamds),
      // No cacheKey: what spamd has learned since, and of whom, nobody is told.
    };
  },
});
