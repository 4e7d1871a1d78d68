// Owns the French words of the pages.
import type { PageWords } from '../page-words.ts';

export const fr: PageWords = {
  heading: 'Qu’est-ce que ce message ?',
  from: 'De',
  subject: 'Objet',
  date: 'Date',
  unknown: 'inconnu',
  judged: {
    ham: 'Le filtre l’a pris pour un message désiré.',
    unsure: 'Le filtre n’était pas sûr.',
    spam: 'Le filtre l’a pris pour un spam.',
  },
  said: {
    spam: 'Vous avez dit : c’est un spam.',
    ham: 'Vous avez dit : ce n’est pas un spam.',
    allow: 'Son expéditeur est toujours autorisé.',
    block: 'Son expéditeur est toujours bloqué.',
  },
  question: 'Apprendre au filtre :',
  senderQuestion: 'Tous les messages de cet expéditeur :',
  buttons: {
    spam: 'C’est un spam',
    ham: 'Ce n’est pas un spam',
    forget: 'Oublier ce que j’ai dit',
    allow: 'Toujours autoriser cet expéditeur',
    block: 'Toujours bloquer cet expéditeur',
    unlist: 'Ni autoriser ni bloquer cet expéditeur',
  },
  done: {
    spam: 'Le filtre a appris que c’est un spam.',
    ham: 'Le filtre a appris que ce n’est pas un spam.',
    forget: 'Le filtre a oublié ce qu’il avait appris de ce message.',
    allow: 'Les messages de cet expéditeur sont désormais toujours autorisés.',
    block: 'Les messages de cet expéditeur sont désormais toujours bloqués.',
    unlist: 'Les messages de cet expéditeur sont de nouveau jugés comme les autres.',
  },
  unchanged: 'Le filtre n’a rien à changer :',
  inPart: 'Une partie du filtre n’a pas encore pu l’apprendre ; un nouvel essai suivra.',
  later: 'C’est noté. Le filtre l’apprendra dès que possible.',
  notPossible: 'Rien n’a été changé : aucune partie du filtre ne peut apprendre cela ici.',
  undo: 'Annuler',
  releaseHeading: 'Recevoir ce message ?',
  releaseQuestion:
    'Il a été retenu comme spam. Si vous le voulez, il arrivera avec votre prochain courrier.',
  release: 'Recevoir le message',
  released: 'Le message arrivera avec votre prochain courrier.',
  releasedBefore: 'Ce message a déjà été libéré ou supprimé.',
  notReleasable: 'Seul votre administrateur de messagerie peut libérer ce message.',
  badLinkHeading: 'Ce lien ne fonctionne pas',
  badLink: 'Il est incomplet ou trop ancien, ou son message n’est plus conservé.',
  tooOften: 'Trop de demandes. Réessayez dans une minute.',
};
