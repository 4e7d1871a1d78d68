// Owns what one plugin may do to a message, for as long as it is that plugin's turn.
import type { HeaderEdits } from '../message/header-block.ts';
import type { MessageView } from '../plugin-api/message-view.ts';
import type { NamedVerdict } from '../plugin-api/observation.ts';
import type { HeaderEditor, TransformContext } from '../plugin-api/transform.ts';
import type { ArrivingMessage } from './arriving-message.ts';
import type { GuardedFace } from './guard.ts';
import { viewOf } from './message-content.ts';
import type { MessageEdits } from './message-edits.ts';

/** Passed down the chain; every plugin gets a face of its own over the same edits. */
export interface TransformState {
  readonly message: ArrivingMessage;
  readonly signal: AbortSignal;
  readonly verdicts: readonly NamedVerdict[];
  readonly edits: MessageEdits;
}

/** A context that can be closed, after which edits throw, and undone. */
export function transformFace(state: TransformState): GuardedFace<TransformContext> {
  const { edits, message } = state;
  const before = edits.snapshot();
  const turn = new Turn(state.signal);
  const check = (): void => turn.check();
  const open = (): HeaderEdits => {
    check();
    return edits.header;
  };
  const edit: HeaderEditor = {
    get: (name) => edits.header.get(name),
    all: (name) => edits.header.all(name),
    text: (name) => edits.header.text(name),
    entries: () => edits.header.entries(),
    add: (name, value) => open().add(name, value),
    replace: (name, value) => open().replace(name, value),
    remove: (name, where) => open().remove(name, where),
  };
  const view = (): MessageView => viewOf(message.facts, () => edits.content(), turn.signal);
  return {
    context: {
      ...message.facts,
      get signal() {
        return turn.signal;
      },
      headers: () => view().headers(),
      bytes: () => view().bytes(),
      parts: () => view().parts(),
      otherReadings: () => view().otherReadings(),
      ambiguities: () => view().ambiguities(),
      size: () => view().size(),
      verdicts: state.verdicts,
      edit,
      body: edits.bodyEditor(check),
      whole: edits.wholeEditor(check),
    },
    close() {
      turn.end();
    },
    undo() {
      edits.restore(before);
    },
    isChanged() {
      const now = edits.snapshot();
      return (
        now.version !== before.version || now.header !== before.header || now.body !== before.body
      );
    },
  };
}

/** The time in which a plugin may edit. Most plugins do not ask for its signal, so few have one. */
class Turn {
  readonly #parent: AbortSignal;
  #isOver = false;
  #over: AbortController | undefined;
  #signal: AbortSignal | undefined;

  constructor(parent: AbortSignal) {
    this.#parent = parent;
  }

  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      this.#over = new AbortController();
      this.#signal = AbortSignal.any([this.#parent, this.#over.signal]);
      if (this.#isOver) this.#over.abort(timeIsOver());
    }
    return this.#signal;
  }

  check(): void {
    if (this.#isOver) throw timeIsOver();
  }

  end(): void {
    this.#isOver = true;
    this.#over?.abort(timeIsOver());
  }
}

function timeIsOver(): Error {
  return new Error('the time of this plugin is over');
}
