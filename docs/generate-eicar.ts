// Owns docs/eicar.md: sends every wrapping of the test virus through Postern and writes down what came
// of it. Needs the programs that .ci/run installs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filterRunMissing } from '../test/helpers/eicar/filter-run.ts';
import {
  describeOutcome,
  type FilterRuns,
  renderSummary,
  renderTables,
} from '../test/helpers/eicar/page.ts';
import { runAll } from '../test/helpers/eicar/run-all.ts';

export const eicarFile = join(import.meta.dirname, 'eicar.md');

export function renderEicar(runs: FilterRuns): string {
  return `# The test virus in every wrapping

Written by \`npm run eicar\`, which sends every message of these tables through Postern; a test sends
them again and compares.

${renderSummary(runs)}

${explanation}

## What becomes of them

${renderTables(runs)}
`;
}

const explanation = `## How it is measured

The server is Dovecot, the scanner a clamd 1.4 whose only signature is that of the EICAR test string. The
chain is \`clamav\`, \`mime-ambiguity\` and \`attachment-policy\`:

\`\`\`yaml
plugins:
  - use: clamav
    options:
      socket: /run/clamav/clamd.ctl
  - use: mime-ambiguity
  - use: attachment-policy
    options:
      verdicts:
        encrypted-archive: block
        archive-unreadable: block
        hidden-structure: block
\`\`\`

In the test \`attachment-policy\` does not stop the test string as such, nor a file for its name, so that
the tables hold for any virus that clamd has a signature for.

- **clamd alone** is given the message as it is, as mail filters do that know nothing of mail.
- **Postern** names the plugins that stopped the message, each with its finding where that is not the
  virus. A message counts as replaced when the client got a notice in which the test string is in no
  form, and the original lies in the quarantine octet for octet.
- **Harmless content** is the same wrapping around 68 other octets. What is stopped there is stopped for
  the wrapping, whatever is in it: the price of these settings. Where the cell is empty, the message is
  a fixed one, or among the largest.

\`scan_parts: all\`, the default, has clamd look at each part once more, decoded by Postern: clamd by itself
misses some that every mail program shows.`;

if (import.meta.main) {
  const missing = filterRunMissing();
  if (missing !== undefined) throw new Error(`this cannot run here: ${missing}`);
  const runs = await runAll(({ variant, outcome }) => {
    process.stderr.write(`${variant.name}: ${describeOutcome(outcome)}\n`);
  });
  writeFileSync(eicarFile, renderEicar(runs));
}
