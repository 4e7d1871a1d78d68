// Owns the French texts. Before : ; and inside « » stands a blank that does not break.
import type { Wording } from '../wording.ts';

const kept =
  'L’original est conservé en quarantaine. La suppression de cet avis ne l’y efface pas.';

export const fr: Wording = {
  locale: 'fr-FR',
  labels: {
    from: 'De',
    subject: 'Objet',
    date: 'Date',
    part: 'Partie',
    found: 'Motif',
    code: 'Code',
  },
  unknown: 'non disponible',
  administrator: 'l’administrateur de votre messagerie',
  found: 'Ce qui a été trouvé :',
  whatToDo: 'Que faire :',
  inPart: (name) => `, dans la partie « ${name} »`,
  kinds: {
    replace: {
      mark: 'Bloqué',
      heading: 'Message bloqué',
      happened: 'Un message qui vous était destiné a été bloqué par le filtre de messagerie.',
      next: (whom) =>
        `Si vous n’attendiez pas ce message, supprimez cet avis ; rien d’autre n’est nécessaire. Si vous en avez besoin, adressez-vous à ${whom} en indiquant ce code :`,
      kept,
    },
    hold: {
      mark: 'Retenu',
      heading: 'Message retenu',
      happened: 'Un message qui vous est destiné est retenu jusqu’à ce qu’il ait été vérifié.',
      next: (whom) =>
        `Vous n’avez rien à faire : dès que le message aura été approuvé, vous le recevrez comme d’habitude. Si vous l’attendez, adressez-vous à ${whom} en indiquant ce code :`,
      kept,
    },
  },
  stripped: {
    happened: 'Le filtre de messagerie a retiré une partie de ce message.',
    next: (whom) => `Si vous en avez besoin, adressez-vous à ${whom} en indiquant ce code :`,
    kept: 'Le message complet est conservé en quarantaine.',
  },
  learn: {
    ham: 'Ceci est un spam :',
    unsure: 'Est-ce un spam ? Dites-le :',
    spam: 'Ceci n’est pas un spam :',
  },
  release: 'Le libérer vous-même :',
  digest: {
    subject: (count) => `Messages retenus : ${count}`,
    heading: 'Messages retenus',
    happened: (count) =>
      count === 1
        ? 'Depuis le dernier récapitulatif, le filtre de messagerie a retenu un message qui vous était destiné.'
        : `Depuis le dernier récapitulatif, le filtre de messagerie a retenu ${count} messages qui vous étaient destinés.`,
    next: (whom) =>
      `Si vous avez besoin de l’un d’eux, adressez-vous à ${whom} en indiquant son code.`,
    otherwise: 'Si vous n’en attendiez aucun, vous n’avez rien à faire.',
    more: (count) => (count === 1 ? 'et un autre' : `et ${count} autres`),
  },
};
