// Owns what one plugin may do to a message, for as long as it is that plugin's turn.
import type { HeaderEdits } from '../message/header-block.ts';
import type { MessageFacts, MessageView } from '../plugin-api/message-view.ts';
import type { NamedVerdict, SpamAssessment } from '../plugin-api/observation.ts';
import type {
  BodyEditor,
  HeaderEditor,
  TransformContext,
  WholeEditor,
} from '../plugin-api/transform.ts';
import type { ArrivingMessage } from './arriving-message.ts';
import type { GuardedFace } from './guard.ts';
import { viewOf } from './message-content.ts';
import type { MessageEdits } from './message-edits.ts';

/** Passed down the chain; every plugin gets a face of its own over the same edits. */
export interface TransformState {
  readonly message: ArrivingMessage;
  readonly signal: AbortSignal;
  readonly verdicts: readonly NamedVerdict[];
  readonly spam: SpamAssessment | undefined;
  readonly edits: MessageEdits;
}

/** A context that can be closed, after which edits throw, and undone. */
export function transformFace(state: TransformState): GuardedFace<TransformContext> {
  const { edits, message } = state;
  const before = edits.snapshot();
  const turn = new Turn(state.signal);
  const open = (): HeaderEdits => {
    turn.check();
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
    context: new Context(message.facts, turn, edits, {
      verdicts: state.verdicts,
      spam: state.spam,
      edit,
    }),
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

/**
 * What the plugin is given. What few plugins ask for is made when they do, by getters of the class: an
 * object with a getter of its own costs more to make than all else here.
 */
class Context implements TransformContext {
  readonly session: MessageFacts['session'];
  readonly account: MessageFacts['account'];
  readonly number: number;
  readonly uidl: string | undefined;
  readonly listedOctets: number;
  readonly verdicts: TransformContext['verdicts'];
  readonly spam: SpamAssessment | undefined;
  readonly edit: HeaderEditor;
  readonly #facts: MessageFacts;
  readonly #edits: MessageEdits;
  readonly #turn: Turn;
  #body: BodyEditor | undefined;
  #whole: WholeEditor | undefined;

  constructor(
    facts: MessageFacts,
    turn: Turn,
    edits: MessageEdits,
    { verdicts, spam, edit }: Pick<TransformContext, 'verdicts' | 'spam' | 'edit'>,
  ) {
    this.session = facts.session;
    this.account = facts.account;
    this.number = facts.number;
    this.uidl = facts.uidl;
    this.listedOctets = facts.listedOctets;
    this.verdicts = verdicts;
    this.spam = spam;
    this.edit = edit;
    this.#facts = facts;
    this.#edits = edits;
    this.#turn = turn;
  }

  get signal(): AbortSignal {
    return this.#turn.signal;
  }

  get body(): BodyEditor {
    this.#body ??= this.#edits.bodyEditor(() => this.#turn.check());
    return this.#body;
  }

  get whole(): WholeEditor {
    this.#whole ??= this.#edits.wholeEditor(() => this.#turn.check());
    return this.#whole;
  }

  // Functions rather than methods, since plugins take contexts apart.
  readonly headers = () => this.#view().headers();
  readonly bytes = () => this.#view().bytes();
  readonly parts = () => this.#view().parts();
  readonly otherReadings = () => this.#view().otherReadings();
  readonly ambiguities = () => this.#view().ambiguities();
  readonly size = () => this.#view().size();

  #view(): MessageView {
    return viewOf(this.#facts, () => this.#edits.content(), this.#turn.signal);
  }
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
