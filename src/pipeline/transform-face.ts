// Owns what one plugin may do to the header of a message, for as long as it is that plugin's turn.
import type { HeaderEdits } from '../message/header-block.ts';
import type {
  HeaderEditor,
  MessageView,
  NamedVerdict,
  TransformContext,
} from '../plugin-api/context.ts';
import type { GuardedFace } from './guard.ts';

/** Passed down the chain; every plugin gets a face of its own over the same edits. */
export interface TransformState {
  readonly view: MessageView;
  readonly verdicts: readonly NamedVerdict[];
  readonly edits: HeaderEdits;
}

/** A context that can be closed, after which edits throw, and undone. */
export function transformFace(state: TransformState): GuardedFace<TransformContext> {
  const { edits } = state;
  const before = edits.snapshot();
  let isOpen = true;
  const open = (): HeaderEdits => {
    if (!isOpen) throw new Error('the time of this plugin is over');
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
    context: { ...state.view, verdicts: state.verdicts, edit },
    close() {
      isOpen = false;
    },
    undo() {
      edits.restore(before);
    },
  };
}
