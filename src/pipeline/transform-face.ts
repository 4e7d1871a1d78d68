// Owns what one plugin may do to the header of a message, for as long as it is that plugin's turn.
import type { HeaderEdits } from '../message/header-block.ts';
import type { HeaderEditor, NamedVerdict, TransformContext } from '../plugin-api/context.ts';
import type { ArrivingMessage } from './arriving-message.ts';
import type { GuardedFace } from './guard.ts';

/** Passed down the chain; every plugin gets a face of its own over the same edits. */
export interface TransformState {
  readonly message: ArrivingMessage;
  readonly signal: AbortSignal;
  readonly verdicts: readonly NamedVerdict[];
  readonly edits: HeaderEdits;
}

/** A context that can be closed, after which edits throw, and undone. */
export function transformFace(state: TransformState): GuardedFace<TransformContext> {
  const { edits } = state;
  const before = edits.snapshot();
  const over = new AbortController();
  const view = state.message.viewFor(AbortSignal.any([state.signal, over.signal]));
  const open = (): HeaderEdits => {
    over.signal.throwIfAborted();
    return edits;
  };
  const edit: HeaderEditor = {
    get: (name) => edits.get(name),
    all: (name) => edits.all(name),
    text: (name) => edits.text(name),
    entries: () => edits.entries(),
    add: (name, value) => open().add(name, value),
    replace: (name, value) => open().replace(name, value),
    remove: (name, where) => open().remove(name, where),
  };
  return {
    context: { ...view, verdicts: state.verdicts, edit },
    close() {
      over.abort(new Error('the time of this plugin is over'));
    },
    undo() {
      edits.restore(before);
    },
  };
}
