// Owns docs/interop.md: runs the matrix of real servers and clients and writes down what came of it.
// Needs the programs that .ci/run installs, and root for the servers' private file systems.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CellResult, nameOf } from '../test/helpers/interop/cell.ts';
import { renderTable } from '../test/helpers/interop/page.ts';
import { matrixMissing, runMatrix } from '../test/helpers/interop/run-matrix.ts';

export const interopFile = join(import.meta.dirname, 'interop.md');

export function renderInterop(results: readonly CellResult[]): string {
  return `# Servers and clients

Written by \`npm run interop\`, which runs every cell of this table; a test runs them again and compares.

In each cell a Postern without plugins stands between the server, as Debian 12 has it, and the client.
The maildrop holds ${explanation}

${renderTable(results)}

${notes}`;
}

const explanation = `messages that are legal and awkward: dots at line starts, lines that look like
the end or like a reply, no end of the last line, empty bodies, lines of 998 octets, 8-bit text, folded
and empty fields, long runs of dots and of empty lines. The client loads it directly and through
Postern, deletes the first messages through Postern, comes back for the others, and deletes those. The
cell passes when both downloads are the same each time and the server then holds what it should. The
second column is the encryption between client and Postern; the cell names that between Postern and the
server, which takes turns through what the server has.`;

const notes = `## What the peers do

These are habits of the peers, seen without Postern as well; it relays them as they are.

- **getmail6** has no STLS. A delivery that ends before getmail waits for it makes getmail wait until its
  timeout and give up; this comes with the load of the machine.
- **popa3d** has neither TLS nor \`CAPA\`, and makes unique ids out of trace fields: messages without any
  share one.
- **GNU mailutils** shows an APOP time stamp in its greeting whether or not it has secrets for APOP;
  without them it refuses every APOP login. At the end of the first session it writes fields into the
  mail (\`X-UIDL\`, \`X-UID\`, \`Status\`), so that sizes and messages change once. It announces
  \`EXPIRENEVER\`, without the blank.
- **Cyrus** announces SCRAM and CRAM-MD5; Postern logs in by SCRAM-SHA-256.
- **Courier** announces \`LOGIN-DELAY\` and does not enforce it.
- **curl**, in front of such a time stamp and without SASL, takes APOP and nothing else.

## Desktop clients

Claws Mail and Thunderbird load a mailbox through Postern over STLS and over implicit TLS:
\`npm run test:desktop\`, which needs \`claws-mail\`, \`thunderbird\`, \`libnss3-tools\`, \`xvfb\`, \`xdotool\`
and \`imagemagick\`. \`POSTERN_SCREENSHOTS\` names a folder for pictures.

![Claws Mail with the mailbox](screenshots/claws-mail.png)

![Thunderbird with the mailbox](screenshots/thunderbird.png)
`;

if (import.meta.main) {
  const missing = matrixMissing();
  if (missing !== undefined) throw new Error(`the matrix cannot run here: ${missing}`);
  const results = await runMatrix(({ cell, outcome }) => {
    const detail = outcome.kind === 'failed' ? `: ${outcome.detail}` : '';
    process.stderr.write(`${nameOf(cell)} ${outcome.kind}${detail}\n`);
  });
  writeFileSync(interopFile, renderInterop(results));
}
