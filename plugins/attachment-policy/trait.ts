// Owns the closed list of words for what is remarkable about a file, each with the end of a sentence
// that begins with the file. What follows from a trait is for the rules.

export const traitMeanings = {
  'test-virus': 'holds the EICAR test virus',
  'rtl-name': 'has a name with hidden signs that turn its ending round',
  'double-extension': 'is a program that bears the name of a document',
  'long-blank-name': 'has a name that hides its ending behind many blanks',
  'dangerous-name': 'is of a kind that can run as a program',
  executable: 'is a program',
  script: 'is a script',
  shortcut: 'is a shortcut that can start programs',
  'disk-image': 'is the image of a disk',
  installer: 'installs programs',
  onenote: 'is a OneNote notebook, which can hold programs',
  macro: 'holds macros',
  'external-template': 'loads active content from another place when it is opened',
  'embedded-object': 'holds an embedded object',
  'html-smuggling': 'is a web page that builds a file from hidden data',
  'svg-script': 'is a picture with active content',
  'pdf-script': 'is a PDF document with scripts',
  'pdf-launch': 'is a PDF document that starts programs',
  'pdf-embedded-file': 'is a PDF document with files in it',
  'encrypted-archive': 'is an archive that is encrypted',
  'encrypted-document': 'is a document that is encrypted',
  'unreadable-archive': 'cannot be looked into',
  'archive-ambiguous': 'is an archive that programs read in different ways',
  'archive-bomb': 'unpacks to far too much',
  'too-deep': 'holds archives within archives within archives',
  'too-large': 'is too large to be looked into',
  'hidden-structure': 'has contents that cannot be seen from outside',
  'type-mismatch': 'is not what its name says',
} as const;

export type Trait = keyof typeof traitMeanings;

export const traits: readonly Trait[] = Object.keys(traitMeanings).filter(isTrait);

export function isTrait(word: string): word is Trait {
  return Object.hasOwn(traitMeanings, word);
}
