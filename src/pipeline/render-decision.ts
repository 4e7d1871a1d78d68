// Owns the form that the decision about a message gives it: a notice, or the message with its edits.
import { toAppError } from '../base/errors.ts';
import type { NoticeConfig } from '../config/schema.ts';
import type { HeaderBlock } from '../message/header-block.ts';
import type { NewPart } from '../plugin-api/transform.ts';
import type { ArrivingMessage } from './arriving-message.ts';
import { addLearnLink, type LearnLink } from './learn-link.ts';
import { type NoticeLanguage, noticeLanguage } from './notice/language.ts';
import { wordingOf } from './notice/languages.ts';
import { strippedNote } from './notice/stripped-note.ts';
import type { NoticeTemplates } from './notice/template-folder.ts';
import type { NoticeKind } from './notice/wording.ts';
import { renderNotice } from './notice.ts';
import type { Judgement, Pipeline } from './pipeline.ts';
import { type Finding, partOfPath } from './policy.ts';
import { type Rendered, renderEdited, renderWhole } from './render.ts';

/** How notices are written. */
export type NoticeServices = Omit<NoticeConfig, 'templates'> & {
  readonly templates: NoticeTemplates | undefined;
};

export interface RenderTask {
  readonly pipeline: Pipeline;
  readonly notice: NoticeServices;
  /** As asked for by LANG in this session. */
  readonly wishedLanguage: string | undefined;
  /** The original in quarantine; undefined where the decision keeps none. */
  readonly kept: { readonly id: string; readonly code: string } | undefined;
  /** Behind it the reader says what the message is; undefined where it gets none. */
  readonly link?: LearnLink | undefined;
  /** With it the reader releases what was kept; undefined where that is not for him. */
  readonly releaseUrl?: string | undefined;
  /** The size that was announced, met where that is possible. */
  readonly targetOctets: number | undefined;
  readonly signal: AbortSignal;
}

/** For all decisions but `defer` and `hide`, of which nothing is sent. */
export async function renderDecision(
  message: ArrivingMessage,
  judgement: Judgement,
  task: RenderTask,
): Promise<Rendered> {
  const { decision } = judgement;
  const original = await headerIfReadable(message);
  const writer = new NoticeWriter(message, original, task);
  switch (decision.action) {
    case 'hold':
    case 'replace':
      return writer.notice(decision.action, decision.findings);
    case 'strip': {
      const { findings } = decision;
      return withEdits(message, judgement, task, writer, (path) =>
        writer.noteFor(path, findings),
      ).catch((error: unknown) => {
        // Parts that cannot be taken out must not stay in.
        if (!unstrippable.has(toAppError(error).code)) throw error;
        return writer.notice('replace', findings);
      });
    }
    default:
      // Let through only where all plugins are in shadow: nobody edits what nobody can read.
      if (original === undefined) return renderWhole(message.spool);
      return withEdits(message, judgement, task, writer);
  }
}

const unstrippable = new Set(['BODY_EDIT_INVALID', 'MESSAGE_TOO_COMPLEX']);

async function withEdits(
  message: ArrivingMessage,
  judgement: Judgement,
  { pipeline, link, targetOctets, signal }: RenderTask,
  writer: NoticeWriter,
  noteFor?: (path: string) => NewPart,
): Promise<Rendered> {
  const edits = await pipeline.transform(message, judgement, signal, noteFor);
  if (link !== undefined) await addLearnLink(edits, link, wordingOf(writer.language).learn);
  return renderEdited(edits, targetOctets);
}

/** Undefined when it is too large to be one. */
export async function headerIfReadable(message: ArrivingMessage): Promise<HeaderBlock | undefined> {
  try {
    return await message.header();
  } catch (error) {
    if (toAppError(error).code === 'MESSAGE_HEADER_TOO_LARGE') return undefined;
    throw error;
  }
}

/** What is written in place of one message, or of parts of it. */
class NoticeWriter {
  readonly #task: RenderTask;
  readonly #original: HeaderBlock | undefined;
  readonly #user: string;

  constructor({ facts }: ArrivingMessage, original: HeaderBlock | undefined, task: RenderTask) {
    this.#task = task;
    this.#original = original;
    this.#user = facts.account.user;
  }

  notice(kind: NoticeKind, findings: readonly Finding[]): Rendered {
    const { id: quarantineId, code } = this.#kept;
    const { targetOctets, releaseUrl } = this.#task;
    const original = this.#original;
    const facts = { ...this.#style, kind, original, findings, quarantineId, code, releaseUrl };
    return renderNotice({ ...facts, targetOctets });
  }

  noteFor(path: string, all: readonly Finding[]): NewPart {
    const findings = all.filter(({ block: { paths } }) => paths?.map(partOfPath).includes(path));
    const part = findings.find(({ block }) => block.part !== undefined)?.block.part;
    return strippedNote({ ...this.#style, part, findings, code: this.#kept.code });
  }

  get #style() {
    const { contact, templates } = this.#task.notice;
    return { contact, templates, language: this.language };
  }

  get language(): NoticeLanguage {
    const { notice, wishedLanguage: sessionLanguage } = this.#task;
    const contentLanguage = this.#original?.get('Content-Language');
    const hints = { user: this.#user, sessionLanguage, contentLanguage };
    return noticeLanguage(notice, hints, notice.templates);
  }

  get #kept(): { readonly id: string; readonly code: string } {
    const { kept } = this.#task;
    if (kept === undefined) throw new Error('a notice needs an original that is kept');
    return kept;
  }
}
