// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { z } from '#plugin-api';
import { builtInNames } from './active-rules.ts';
import type { ProviderTrust } from './letter/provider-results.ts';
import { findNameProblem } from './own/rule-order.ts';
import { rulesSchema, weight } from './own/rule-schema.ts';

const domainError = 'expected a domain in small letters, such as example.org';
const domain = z
  .string({ error: domainError })
  .max(253, { error: domainError })
  .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, { error: domainError });

const idError = 'expected the name of a server, such as mx.example.net';
const fieldError = 'expected the name of a header field, such as X-Spam-Flag';
const listError = 'expected a list';
const routeError = 'expected the name of a route';

const providerSchema = z
  .strictObject({
    routes: z
      .array(z.string({ error: routeError }).min(1, { error: routeError }), { error: listError })
      .min(1, { error: 'expected at least one route' })
      .optional()
      .describe('Names of the routes whose mailboxes it has; all by default.'),
    authserv_ids: z
      .array(z.string({ error: idError }).regex(/^[A-Za-z0-9._-]{1,100}$/, { error: idError }), {
        error: listError,
      })
      .default([])
      .describe('Names under which it writes Authentication-Results.'),
    spam_fields: z
      .array(
        z
          .string({ error: fieldError })
          .regex(/^[!-9;-~]{1,127}$/, { error: fieldError })
          .refine((name) => !/^x-postern-/i.test(name), {
            error: 'this field is not of a provider',
          }),
        { error: listError },
      )
      .default([])
      .describe('Fields in which it writes its own verdict; the first that says something counts.'),
  })
  .refine(({ authserv_ids, spam_fields }) => authserv_ids.length + spam_fields.length > 0, {
    error: 'expected authserv_ids or spam_fields',
  })
  .transform(
    ({ routes, authserv_ids, spam_fields }): ProviderTrust => ({
      routes: routes && new Set(routes),
      authservIds: new Set(authserv_ids.map((id) => id.toLowerCase())),
      spamFields: spam_fields.map((name) => name.toLowerCase()),
    }),
  );

export const scoresSchema = z
  .record(z.string(), weight, { error: 'expected names of rules with a number each' })
  .superRefine((scores, context) => {
    for (const name of Object.keys(scores)) {
      if (builtInNames.has(name)) continue;
      context.addIssue({ code: 'custom', path: [name], message: `no rule has this name` });
    }
  })
  .describe('Other weights for rules that come with the plugin, by name; 0 switches one off.');

export const optionsSchema = z
  .strictObject({
    own_domains: z
      .array(domain, { error: listError })
      .default([])
      .describe('Domains of the readers, besides those of their login names.'),
    limit: z
      .number({ error: 'expected a number from 0.5 to 20' })
      .min(0.5, { error: 'expected a number from 0.5 to 20' })
      .max(20, { error: 'expected a number from 0.5 to 20' })
      .default(6)
      .describe('What rules alone come to at most, in both directions, as log-odds.'),
    scores: scoresSchema.default({}),
    rules: rulesSchema
      .superRefine((rules, context) => {
        const problem = findNameProblem(rules, builtInNames);
        if (problem === undefined) return;
        const { index, key, message } = problem;
        context.addIssue({ code: 'custom', path: [index, key], message });
      })
      .default([])
      .describe('Rules of your own.'),
    rules_file: z
      .string({ error: 'expected a path' })
      .min(1, { error: 'expected a path' })
      .optional()
      .describe('File with more rules of your own, and their tests. Read anew when it changes.'),
    providers: z
      .array(providerSchema, { error: listError })
      .default([])
      .describe('Whose words in header fields are trusted.'),
  })
  .transform(({ own_domains, limit, scores, rules, rules_file, providers }) => ({
    ownDomains: own_domains,
    limit,
    scores: new Map(Object.entries(scores)),
    rules,
    rulesFile: rules_file,
    trust: providers,
  }));

export type SpamRulesOptions = z.output<typeof optionsSchema>;
