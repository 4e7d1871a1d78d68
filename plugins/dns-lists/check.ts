// Owns the check-up of the plugin: whether each list answers its test entries as it should (RFC 5782 s.5).
import type { CheckServices, Diagnosis } from '#plugin-api';
import { meaningOf } from './answer-codes.ts';
import { type Answer, Answers } from './answers.ts';
import type { DnsListsOptions, ListOptions } from './options.ts';
import { queryName, type Subject } from './query-name.ts';

export async function* check(
  { lists, servers, absenceMs }: DnsListsOptions,
  { clock }: CheckServices,
): AsyncGenerator<Diagnosis, void, void> {
  for (const list of lists) {
    const times = { timeoutMs: list.timeoutMs, minMs: 0, maxMs: 1000, absenceMs, failureMs: 0 };
    const answers = new Answers(servers, times, clock);
    try {
      yield await diagnose(list, answers);
    } finally {
      answers.stop();
    }
  }
}

async function diagnose(list: ListOptions, answers: Answers): Promise<Diagnosis> {
  const { name, test } = list;
  if (test.listed === undefined || test.unlisted === undefined) {
    return { level: 'skipped', found: `the DNS list ${name} is configured without test entries` };
  }
  const [listed, unlisted] = await Promise.all([
    ask(test.listed, list, answers),
    ask(test.unlisted, list, answers),
  ]);
  if (listed.kind === 'failed' || unlisted.kind === 'failed') {
    return {
      level: 'warn',
      found: `the DNS list ${name} does not answer`,
      advice: 'See whether its zone is written correctly and the DNS servers can be reached.',
    };
  }
  if (unlisted.kind === 'found') return refused(name, unlisted.addresses);
  if (listed.kind === 'absent') {
    return {
      level: 'warn',
      found: `the DNS list ${name} does not know the entry '${test.listed.text}' that every list has`,
      advice:
        'It may be gone, or have entries of another kind: see its documentation, and set test.',
    };
  }
  const meaning = meaningOf(listed.addresses, list.rules);
  return meaning.kind === 'refused'
    ? refused(name, listed.addresses)
    : { level: 'ok', found: `the DNS list ${name} answers` };
}

function refused(name: string, addresses: readonly string[]): Diagnosis {
  return {
    level: 'warn',
    found: `the DNS list ${name} refuses, or lists everything: it answers ${addresses.join(', ')}`,
    advice:
      'Large lists refuse public resolvers: ask through one of your own (servers), or with the key that the list has given you.',
  };
}

function ask(subject: Subject, { zone }: ListOptions, answers: Answers): Promise<Answer> {
  const name = queryName(subject, zone);
  return name === undefined
    ? Promise.resolve({ kind: 'failed', reason: 'the name is too long' })
    : answers.ask(name);
}
