// Owns the lists in the DNS of addresses and domains that send spam, or do not: puts the pieces together.
import { definePlugin, EnvelopeSource, pass, score, tempfail } from '#plugin-api';
import { Answers } from './answers.ts';
import { check } from './check.ts';
import { DnsList } from './dns-list.ts';
import { inquire } from './inquiry.ts';
import { createListMetrics } from './list-metrics.ts';
import { type DnsListsOptions, optionsSchema } from './options.ts';
import { subjectsOf } from './subjects.ts';

const minAnswerMs = 30_000;
const maxAnswerMs = 86_400_000;
const failureMs = 10_000;

export default definePlugin<DnsListsOptions>({
  name: 'dns-lists',
  version: '1',
  options: optionsSchema,
  check,
  setup(options, services) {
    const { clock } = services;
    const metrics = createListMetrics(services.metrics);
    const { servers, absenceMs, ignore, maxLogOdds } = options;
    const opened = options.lists.map((each) => {
      const { timeoutMs } = each;
      const times = { timeoutMs, minMs: minAnswerMs, maxMs: maxAnswerMs, absenceMs, failureMs };
      const answers = new Answers(servers, times, clock);
      return { answers, list: new DnsList(each, { ...services, metrics, answers }) };
    });
    const lists = opened.map(({ list }) => list);
    const wanted = new Set(options.lists.flatMap(({ about }) => [...about]));
    const source = { envelopes: new EnvelopeSource(options.envelope), wanted, ignore };
    return {
      givesScores: true,
      async inspect(message) {
        const asked = await subjectsOf(message, source);
        const { reasons, missing } = await inquire(lists, asked, options, clock);
        if (missing.length > 0) return tempfail(`DNS list ${missing[0]} does not answer`);
        if (reasons.length === 0) return pass();
        const sum = reasons.reduce((total, { logOdds }) => total + logOdds, 0);
        const weightiest = reasons.toSorted((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds));
        return score(Math.max(-maxLogOdds, Math.min(maxLogOdds, sum)), weightiest);
      },
      async dispose() {
        for (const { answers } of opened) answers.stop();
      },
    };
  },
});
