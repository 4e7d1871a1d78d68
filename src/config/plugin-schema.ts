// Owns the keys of a plugin in the chain: which one, its limits, and what becomes of its verdicts.
import { z } from 'zod';
import {
  bool,
  duration,
  label,
  networks,
  oneOf,
  pluginNameOf,
  pluginReference,
  section,
} from './values.ts';

const actions = ['pass', 'tag', 'strip', 'defer', 'hold', 'replace', 'hide'] as const;

function words(about: string, noun: string) {
  const error = `expected a list of ${noun}`;
  const item = z
    .string({ error })
    .max(320, { error })
    .regex(/^\P{Cc}+$/u, { error });
  return z.array(item, { error }).min(1, { error }).describe(about).optional();
}

/** Actions on a message as a whole. */
export const wholeActions = ['pass', 'tag', 'defer', 'hold', 'replace', 'hide'] as const;

/** Where a rule applies. */
export const placeRuleSchema = z.strictObject({
  listeners: words('Only sessions of these listeners.', 'listener names'),
  routes: words('Only sessions of these routes.', 'route names'),
  accounts: words('Only these login names; * and ? stand for any characters.', 'login names'),
  networks: networks('Only clients of these networks.').optional(),
});

const ruleSchema = placeRuleSchema
  .extend({
    verdict: oneOf('Only verdicts of this kind.', ['block', 'flag', 'tempfail']).optional(),
    findings: words('Only these findings or labels; * and ? stand for any characters.', 'findings'),
    action: oneOf('What is done then.', actions),
  })
  .superRefine(({ action, verdict }, context) => {
    if (action !== 'strip' || verdict === 'block') return;
    const message = 'expected another action: strip needs verdict: block, which names the parts';
    context.addIssue({ code: 'custom', path: ['action'], message });
  });

const rulesSchema = z.preprocess(
  (value) => value ?? [],
  z.array(ruleSchema, { error: 'expected a list of rules' }),
);

export const pluginSchema = z
  .strictObject({
    use: pluginReference(
      'Name of a bundled plugin, of an npm package beside the configuration, or a path starting with ./, ../ or /.',
    ),
    name: label('Name of this instance; by default the name of the plugin.').optional(),
    shadow: bool(
      'Runs the plugin and records what it would have done; it decides and changes nothing.',
    ).default(false),
    timeout: duration('For each piece of work of this plugin.', {
      fallback: '30s',
      min: '10ms',
      max: '1h',
    }),
    on_error: oneOf(
      'When the plugin fails or takes too long: defer (come back later) or pass. For a message, defer means what on_tempfail says.',
      ['defer', 'pass'],
    ).default('defer'),
    on_block: oneOf('When it blocks a message.', actions).default('replace'),
    on_flag: oneOf('When it flags a message.', wholeActions).default('pass'),
    on_tempfail: oneOf('When it cannot judge a message now, or has failed.', [
      'defer',
      'tag',
      'hold',
      'pass',
    ]).default('defer'),
    policy: rulesSchema
      .describe('Exceptions from on_block, on_flag and on_tempfail; the first that fits decides.')
      .prefault([]),
    options: section(
      z.record(z.string(), z.unknown(), { error: 'expected a mapping of options' }),
    ).describe('Options of the plugin; see its README.'),
  })
  .transform((plugin) => ({
    use: plugin.use,
    name: plugin.name ?? pluginNameOf(plugin.use),
    isShadow: plugin.shadow,
    timeoutMs: plugin.timeout,
    onError: plugin.on_error,
    onBlock: plugin.on_block,
    onFlag: plugin.on_flag,
    onTempfail: plugin.on_tempfail,
    rules: plugin.policy,
    options: plugin.options,
  }));
