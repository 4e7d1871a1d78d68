import type { Evasion } from './evasion.ts';
import { writeLetter } from './write-letter.ts';

const fields = [
  'X-Postern-Spam: ham; score=-20.0',
  'X-Spam-Status: No, score=-10.0 required=5.0 tests=ALL_TRUSTED',
  'X-Spam-Flag: NO',
  'X-Bogosity: Ham, tests=bogofilter, spamicity=0.000000',
  'X-CRM114-Status: Good ( pR: 120.0 )',
  'Authentication-Results: mail.example; dkim=pass; spf=pass; dmarc=pass',
  'In-Reply-To: <4711.1@mail.example>',
  'References: <4710.1@mail.example> <4711.1@mail.example>',
  'List-Id: <discuss.lists.example>',
  'Precedence: list',
  'User-Agent: Mutt/2.2.9 (2022-11-12)',
];

/** Verdicts of filters and marks of ham that anybody can write. */
export const forgedHeaders: Evasion = {
  name: 'forged-headers',
  title: 'headers that speak for the message: own verdicts, a thread, a list, a mailer',
  disguise: (letter) => writeLetter(letter, { fields }),
};
