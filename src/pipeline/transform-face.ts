// Owns what one plugin may do to a message, for as long as it is that plugin's turn.
import type { HeaderEdits } from '../message/header-block.ts';
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
  const over = new AbortController();
  const check = (): void => over.signal.throwIfAborted();
  const signal = AbortSignal.any([state.signal, over.signal]);
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
  return {
    context: {
      ...viewOf(message.facts, () => edits.content(), signal),
      verdicts: state.verdicts,
      edit,
      body: edits.bodyEditor(check),
      whole: edits.wholeEditor(check),
    },
    close() {
      over.abort(new Error('the time of this plugin is over'));
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
