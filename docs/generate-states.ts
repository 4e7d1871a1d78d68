// Owns docs/states.md: draws it from the tables in src/session/states.ts. Run it after a change there.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { legalStates, type SessionState, transitions } from '../src/session/states.ts';

export const statesFile = join(import.meta.dirname, 'states.md');

const states: readonly SessionState[] = ['AUTHORIZATION', 'TRANSACTION', 'UPDATE', 'ENDED'];

export function renderStates(): string {
  return [
    '# States of a client session',
    '',
    'Written by `node docs/generate-states.ts` from `src/session/states.ts`; a test compares the two.',
    'The states are those of RFC 1939 s.3. Only `QUIT` leads to UPDATE, the one state in which messages',
    'are deleted: a client that vanishes or idles out deletes nothing.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    '    [*] --> AUTHORIZATION: connected',
    ...transitions.map(({ from, move, to }) => `    ${from} --> ${to}: ${move}`),
    '    ENDED --> [*]',
    '```',
    '',
    '## Commands',
    '',
    'A command in any other state is answered with `-ERR` and changes nothing.',
    '',
    row(['Command', ...states]),
    row(['-------', ...states.map((state) => `:${'-'.repeat(state.length - 2)}:`)]),
    ...Object.entries(legalStates).map(([command, legal]) =>
      row([`\`${command}\``, ...states.map((state) => (legal.includes(state) ? 'yes' : ''))]),
    ),
    '',
  ].join('\n');
}

/** A row under the headings, aligned as the formatter of the project does it. */
function row([command = '', ...cells]: readonly string[]): string {
  const centred = cells.map((cell, index) => {
    const width = states[index]?.length ?? 0;
    return cell.padStart(Math.floor((width + cell.length) / 2)).padEnd(width);
  });
  return `| ${[command.padEnd('Command'.length), ...centred].join(' | ')} |`;
}

if (import.meta.main) writeFileSync(statesFile, renderStates());
