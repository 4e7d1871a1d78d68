// Owns the words for what was found: the stable one for the machine, the sentence for the reader.
import type { NameFinding } from './file-name.ts';
import { testVirusFinding } from './test-virus.ts';

export interface Finding {
  readonly finding: string;
  readonly explanation: string;
}

export const unreadableArchive = 'archive-unreadable';
export const hiddenStructure = 'hidden-structure';

const maxShownLength = 80;

/** How a part is called in a sentence. */
export function describePart(name: string | undefined): string {
  return name === undefined ? 'A part of the message' : `The attachment ${quoted(name)}`;
}

export function describeEntry(name: string, container: string): string {
  return `The file ${quoted(name)} in ${container.charAt(0).toLowerCase()}${container.slice(1)}`;
}

export function nameFinding(finding: NameFinding, subject: string): Finding {
  const sentences: Readonly<Record<NameFinding, string>> = {
    'rtl-override-name': 'has a name with hidden signs that turn its ending round.',
    'double-extension': 'is a program that bears the name of a document.',
    'dangerous-extension': 'is of a kind that can run as a program.',
  };
  return { finding, explanation: `${subject} ${sentences[finding]}` };
}

export function programFinding(kind: string, subject: string): Finding {
  return { finding: 'executable', explanation: `${subject} is ${kind}.` };
}

export function virusFinding(subject: string): Finding {
  return { finding: testVirusFinding, explanation: `${subject} holds the EICAR test virus.` };
}

export function unreadableFinding(subject: string, reason: string): Finding {
  const explanation = `${subject} cannot be checked: ${reason}.`;
  return { finding: unreadableArchive, explanation };
}

/** Names are hostile text: no line break, no control of direction, no great length. */
function quoted(name: string): string {
  const shown = name.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
  const characters = [...shown];
  const text =
    characters.length > maxShownLength
      ? `${characters.slice(0, maxShownLength).join('')}...`
      : shown;
  return `"${text}"`;
}
