// Owns the judgement of one file, in the message or in an archive, by its names and first octets.
import { judgeFileName } from './file-name.ts';
import { type Finding, nameFinding, programFinding, virusFinding } from './finding.ts';
import type { AttachmentPolicyOptions } from './options.ts';
import { findProgram } from './program-magic.ts';
import { holdsTestVirus } from './test-virus.ts';

/** As much of each file as its judgement needs. */
export const headBytes = 512;

export class FileJudge {
  readonly #options: AttachmentPolicyOptions;

  constructor(options: AttachmentPolicyOptions) {
    this.#options = options;
  }

  /** `describe` makes a name the subject of the explanation. */
  judgeNames(names: readonly string[], describe: (name: string) => string): Finding | undefined {
    for (const name of names) {
      const finding = judgeFileName(name, this.#options.names);
      if (finding !== undefined) return nameFinding(finding, describe(name));
    }
    return undefined;
  }

  judgeHead(head: Buffer, subject: string): Finding | undefined {
    if (this.#options.judgesTestVirus && holdsTestVirus(head)) return virusFinding(subject);
    if (!this.#options.judgesPrograms) return undefined;
    const kind = findProgram(head);
    return kind === undefined ? undefined : programFinding(kind, subject);
  }
}
