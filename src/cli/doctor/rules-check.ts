// Owns whether a firewall diverts connections to the listeners with `intercept`, as `postern rules` prints it.

import type { Config } from '../../config/schema.ts';
import {
  checkRules,
  type Firewall,
  type RuleFinding,
  type RunTool,
} from '../../interception/rules/check-rules.ts';
import { planRules, type RulePlan } from '../../interception/rules/rule-plan.ts';
import type { Diagnosis } from '../../plugin-api/diagnosis.ts';
import { wishesOf } from '../rules/rule-options.ts';
import { type Check, ok, skipped, warn } from './check.ts';

/** Of `postern rules`, where nobody says otherwise. */
const usualWishes = wishesOf({ mark: '1110' });

export function rulesChecks({ listeners }: Config, run: RunTool): Check[] {
  if (listeners.every(({ intercept }) => intercept === undefined)) return [];
  return [
    {
      subject: 'firewall rules',
      async *run() {
        const plan = planRules(listeners, usualWishes);
        yield* (await findingsOf(plan, run)).map(toDiagnosis);
      },
    },
  ];
}

/** Of the firewall that has all of them; else of the one that can be asked. */
async function findingsOf(plan: RulePlan, run: RunTool): Promise<RuleFinding[]> {
  const ask = (firewall: Firewall) => checkRules(plan, firewall, run);
  const nftables = await ask('nftables');
  if (nftables.every(({ level }) => level === 'good')) return nftables;
  const iptables = [...(await ask('iptables')), ...(await ask('ip6tables'))];
  if (iptables.every(({ level }) => level === 'good')) return iptables;
  const isUnknown = nftables.some(({ level }) => level === 'unknown');
  return isUnknown && iptables.every(({ level }) => level !== 'unknown') ? iptables : nftables;
}

function toDiagnosis({ level, text }: RuleFinding): Diagnosis {
  switch (level) {
    case 'good':
      return ok(text);
    case 'unknown':
      return skipped(`${text}; rules are shown to root only: sudo postern rules nftables --check`);
    case 'missing':
      return warn(
        text,
        'postern rules nftables prints what is wanted; with options of your own, postern rules --check and the same options tell more.',
      );
  }
}
