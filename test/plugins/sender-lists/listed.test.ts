import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEntry } from '../../../plugins/sender-lists/entry.ts';
import { compareListed, type Listed } from '../../../plugins/sender-lists/listed.ts';

/** `block own ann@example.org`; with a number, put there by itself. */
function listed(text: string): Listed {
  const [list, scope, ...rest] = text.split(' ');
  const logOdds = Number(rest.at(-1));
  const isAutomatic = !Number.isNaN(logOdds);
  const entry = rest.slice(0, isAutomatic ? -1 : undefined).join(' ');
  return {
    ...parseEntry(entry),
    list: list === 'allow' ? 'allow' : 'block',
    scope: scope === 'own' ? 'own' : 'general',
    origin: isAutomatic ? 'released' : 'command',
    ...(isAutomatic && { logOdds }),
  };
}

for (const [winner, loser] of [
  // The more specific one, whoever has put it there.
  ['allow own ann@example.org', 'block own example.org'],
  ['block general ann@example.org', 'allow own example.org'],
  ['allow general ann@example.org', 'block own @example.org'],
  ['block general ann@example.org', 'allow own /^ann@/'],
  ['allow own /^ann@/', 'block own @example.org'],
  ['block own List-Id: <*.example.org>', 'allow own example.org'],
  ['allow own @example.org', 'block own example.org'],
  ['block own mail.example.org', 'allow own example.org'],
  ['allow own mail.example.org', 'block own .org'],
  ['allow own ann@example.org -5', 'block own example.org'],
  // Anybody can write a field that allows.
  ['block general .example', 'allow own List-Id: <a.example>'],
  ['allow own ann@example.org -5', 'allow own List-Id: <a.example>'],
  // Of the same kind, that of the account.
  ['allow own ann@example.org', 'block general ann@example.org'],
  ['block own example.org', 'allow general example.org'],
  // Then what was put there on purpose.
  ['block own ann@example.org', 'allow own ann@example.org -5'],
  ['allow own ann@example.org', 'allow own ann@example.org -5'],
  // Then blocking.
  ['block own ann@example.org', 'allow own ann@example.org'],
  ['block general example.org', 'allow general example.org'],
] as const) {
  test(`'${winner}' comes before '${loser}'`, () => {
    assert.ok(compareListed(listed(winner), listed(loser)) < 0);
    assert.ok(compareListed(listed(loser), listed(winner)) > 0);
  });
}
