// Owns runs of Python's poplib, which is a library: poplib-download.py is the least program around it.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { host, inWorkplace, type RealClient } from './client-workplace.ts';

const script = new URL('poplib-download.py', import.meta.url);
// Debian's own: another Python on PATH may lie where the unprivileged user of the run cannot read.
const python = '/usr/bin/python3';

export const poplib: RealClient = {
  name: 'poplib',
  tlsModes: ['none', 'stls', 'implicit'],
  missing: () => (existsSync(python) ? undefined : `${python} is not installed`),
  download: (mailbox) =>
    inWorkplace(mailbox, async ({ inbox, write, caFile, runHere }) => {
      const settings = { ...mailbox, host, ca_file: caFile, inbox };
      const program = await write('download.py', await readFile(script, 'utf8'));
      return runHere(python, [program, await write('settings.json', JSON.stringify(settings))]);
    }),
};
