// Owns the German texts.
import type { Wording } from '../wording.ts';

const kept =
  'Das Original liegt in der Quarantäne. Es bleibt dort, auch wenn Sie diesen Hinweis löschen.';

export const de: Wording = {
  locale: 'de-DE',
  labels: {
    from: 'Von',
    subject: 'Betreff',
    date: 'Datum',
    part: 'Teil',
    found: 'Gefunden',
    code: 'Code',
  },
  unknown: 'nicht bekannt',
  administrator: 'Ihre E-Mail-Administration',
  found: 'Gefunden wurde:',
  whatToDo: 'Was Sie tun können:',
  inPart: (name) => `, im Teil „${name}“`,
  kinds: {
    replace: {
      mark: 'Blockiert',
      heading: 'Nachricht blockiert',
      happened: 'Eine Nachricht an Sie wurde vom E-Mail-Filter blockiert.',
      next: (whom) =>
        `Wenn Sie diese Nachricht nicht erwartet haben, löschen Sie diesen Hinweis; mehr ist nicht nötig. Wenn Sie sie brauchen, wenden Sie sich an ${whom} und nennen Sie diesen Code:`,
      kept,
    },
    hold: {
      mark: 'Zurückgehalten',
      heading: 'Nachricht zurückgehalten',
      happened: 'Eine Nachricht an Sie wird zurückgehalten, bis sie geprüft ist.',
      next: (whom) =>
        `Sie müssen nichts tun: Sobald die Nachricht freigegeben ist, erhalten Sie sie wie gewohnt. Wenn Sie darauf warten, wenden Sie sich an ${whom} und nennen Sie diesen Code:`,
      kept,
    },
  },
  stripped: {
    happened: 'Der E-Mail-Filter hat einen Teil dieser Nachricht entfernt.',
    next: (whom) => `Wenn Sie ihn brauchen, wenden Sie sich an ${whom} und nennen Sie diesen Code:`,
    kept: 'Die vollständige Nachricht liegt in der Quarantäne.',
  },
  learn: {
    ham: 'Das ist Spam:',
    unsure: 'Ist das Spam? Sagen Sie es:',
    spam: 'Das ist kein Spam:',
  },
  release: 'Selbst freigeben:',
  digest: {
    subject: (count) => `Zurückgehaltene Nachrichten: ${count}`,
    heading: 'Zurückgehaltene Nachrichten',
    happened: (count) =>
      count === 1
        ? 'Seit der letzten Übersicht hat der E-Mail-Filter eine Nachricht an Sie zurückgehalten.'
        : `Seit der letzten Übersicht hat der E-Mail-Filter ${count} Nachrichten an Sie zurückgehalten.`,
    next: (whom) =>
      `Wenn Sie eine davon brauchen, wenden Sie sich an ${whom} und nennen Sie ihren Code.`,
    otherwise: 'Wenn Sie keine davon erwartet haben, müssen Sie nichts tun.',
    more: (count) => `und ${count} weitere`,
  },
};
