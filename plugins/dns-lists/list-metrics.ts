// Owns the metrics of the plugin. Labels hold names of lists, and never anything of a message.
import type { Metrics } from '#plugin-api';
import type { Word } from './dns-list.ts';

export interface ListMetrics {
  answered(list: string, word: Word['kind']): void;
  state(list: string, state: 'used' | 'paused'): void;
}

export function createListMetrics(metrics: Metrics): ListMetrics {
  const words = metrics.counter('answers_total', {
    help: 'What lists have said about hosts and domains, from memory too: listed, not-listed, silent.',
    labels: ['list', 'answer'],
  });
  const used = metrics.gauge('used', {
    help: 'Whether the list is relied on: 1, or 0 while it is left alone.',
    labels: ['list'],
    merge: 'min',
  });
  return {
    answered: (list, answer) => words.add(1, { list, answer }),
    state: (list, state) => used.set(state === 'used' ? 1 : 0, { list }),
  };
}
