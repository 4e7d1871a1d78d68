// Owns the figures of docs/spam-rules.md: how often each rule hits which mail, and what rules add to the
// statistics. Run: npm run bench:spam-rules -- [--write]
import { readFileSync, writeFileSync } from 'node:fs';
import { openCollection } from '../spam/collection.ts';
import { judgeMails } from './judged-mail.ts';
import { hitRates, sums, together } from './tables.ts';

const page = new URL('../../docs/spam-rules.md', import.meta.url);
const { name, mails } = await openCollection((text) => console.error(text));
const judgement = await judgeMails(mails);
const tables = {
  hits: `${hitRates(judgement.mails)}\n\n${sums(judgement.mails)}`,
  together: together(judgement.mails),
};
console.log(`${name}, ${mails.length} messages\n`);
for (const text of Object.values(tables)) console.log(`${text}\n`);
console.log(`${judgement.cpuMsPerMail.toFixed(2)} ms of processor time for a message`);

if (process.argv.includes('--write')) {
  if (name !== 'spam-dev') throw new Error('made-up mail has no figures worth writing down');
  let text = readFileSync(page, 'utf8');
  for (const [key, figures] of Object.entries(tables)) {
    const [begin, end] = [`<!-- ${key}: begin -->`, `<!-- ${key}: end -->`];
    const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
    if (start === -1 || stop === -1) throw new Error(`the page has no place for ${key}`);
    text = `${text.slice(0, start + begin.length)}\n\n${figures}\n\n${text.slice(stop)}`;
  }
  writeFileSync(page, text);
}
