// Owns the German words of the pages.
import type { PageWords } from '../page-words.ts';

export const de: PageWords = {
  heading: 'Was ist diese Nachricht?',
  from: 'Von',
  subject: 'Betreff',
  date: 'Datum',
  unknown: 'nicht bekannt',
  judged: {
    ham: 'Der Filter hielt sie für erwünscht.',
    unsure: 'Der Filter war sich nicht sicher.',
    spam: 'Der Filter hielt sie für Spam.',
  },
  said: {
    spam: 'Sie haben gesagt: Es ist Spam.',
    ham: 'Sie haben gesagt: Es ist kein Spam.',
    allow: 'Der Absender ist immer erlaubt.',
    block: 'Der Absender ist immer gesperrt.',
  },
  question: 'Dem Filter beibringen:',
  senderQuestion: 'Alle Nachrichten dieses Absenders:',
  buttons: {
    spam: 'Das ist Spam',
    ham: 'Das ist kein Spam',
    forget: 'Vergessen, was ich gesagt habe',
    allow: 'Diesen Absender immer erlauben',
    block: 'Diesen Absender immer sperren',
    unlist: 'Diesen Absender weder erlauben noch sperren',
  },
  done: {
    spam: 'Der Filter hat gelernt, dass dies Spam ist.',
    ham: 'Der Filter hat gelernt, dass dies kein Spam ist.',
    forget: 'Der Filter hat vergessen, was er aus dieser Nachricht gelernt hatte.',
    allow: 'Nachrichten dieses Absenders sind von jetzt an immer erlaubt.',
    block: 'Nachrichten dieses Absenders sind von jetzt an immer gesperrt.',
    unlist: 'Nachrichten dieses Absenders werden wieder wie alle anderen beurteilt.',
  },
  unchanged: 'Der Filter hat nichts zu ändern:',
  inPart: 'Ein Teil des Filters konnte es noch nicht übernehmen; das wird wieder versucht.',
  later: 'Es ist notiert. Der Filter lernt es, sobald er kann.',
  notPossible: 'Nichts wurde geändert: Kein Teil des Filters kann das hier lernen.',
  undo: 'Rückgängig',
  releaseHeading: 'Diese Nachricht bekommen?',
  releaseQuestion:
    'Sie wurde als Spam zurückgehalten. Wenn Sie sie wollen, kommt sie mit Ihren nächsten Nachrichten.',
  release: 'Nachricht bekommen',
  released: 'Die Nachricht kommt mit Ihren nächsten Nachrichten.',
  releasedBefore: 'Diese Nachricht ist schon freigegeben oder gelöscht.',
  notReleasable: 'Diese Nachricht kann nur Ihre E-Mail-Administration freigeben.',
  badLinkHeading: 'Dieser Link funktioniert nicht',
  badLink: 'Er ist unvollständig oder zu alt, oder die Nachricht wird nicht mehr aufbewahrt.',
  tooOften: 'Zu viele Anfragen. Versuchen Sie es in einer Minute wieder.',
};
