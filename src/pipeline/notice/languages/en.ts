// Owns the English texts.
import type { Wording } from '../wording.ts';

const kept = 'The original is kept in quarantine. Deleting this notice does not delete it there.';

export const en: Wording = {
  locale: 'en-GB',
  labels: {
    from: 'From',
    subject: 'Subject',
    date: 'Date',
    part: 'Part',
    found: 'Found',
    code: 'Code',
  },
  unknown: 'not known',
  administrator: 'your mail administrator',
  found: 'What was found:',
  whatToDo: 'What to do:',
  inPart: (name) => `, in the part "${name}"`,
  kinds: {
    replace: {
      mark: 'Blocked',
      heading: 'Message blocked',
      happened: 'A message to you was blocked by the mail filter.',
      next: (whom) =>
        `If you did not expect this message, delete this notice; nothing more is needed. If you need it, ask ${whom} and give this code:`,
      kept,
    },
    hold: {
      mark: 'Held',
      heading: 'Message held',
      happened: 'A message to you is held back until it has been checked.',
      next: (whom) =>
        `You need not do anything: once the message has been approved, you will receive it as usual. If you are waiting for it, ask ${whom} and give this code:`,
      kept,
    },
  },
  stripped: {
    happened: 'The mail filter has removed a part of this message.',
    next: (whom) => `If you need it, ask ${whom} and give this code:`,
    kept: 'The complete message is kept in quarantine.',
  },
  learn: {
    ham: 'This is spam:',
    unsure: 'Is this spam? Say so:',
    spam: 'This is not spam:',
  },
  release: 'Get it yourself:',
  digest: {
    subject: (count) => `Messages held back: ${count}`,
    heading: 'Messages held back',
    happened: (count) =>
      count === 1
        ? 'Since the last summary, the mail filter has held back one message to you.'
        : `Since the last summary, the mail filter has held back ${count} messages to you.`,
    next: (whom) => `If you need one of them, ask ${whom} and give its code.`,
    otherwise: 'If you expected none of them, there is nothing for you to do.',
    more: (count) => `and ${count} more`,
  },
};
