// Owns one message while it arrives, and the view that plugins have of it.
import type { HeaderBlock } from '../message/header-block.ts';
import type { MessageFacts, MessageView } from '../plugin-api/message-view.ts';
import { unheardSession } from '../plugin-api/sender-origin.ts';
import type { Wanted } from './interest.ts';
import { ContentView, MessageContent } from './message-content.ts';
import type { Spool } from './spool.ts';

export class ArrivingMessage {
  readonly facts: MessageFacts;
  readonly spool: Spool;
  readonly content: MessageContent;
  readonly #content = () => this.content;

  constructor(facts: MessageFacts, spool: Spool) {
    this.facts = facts;
    this.spool = spool;
    this.content = new MessageContent(spool);
  }

  /** The header block, once for all plugins. Rejects with MESSAGE_HEADER_TOO_LARGE. */
  header(): Promise<HeaderBlock> {
    return this.content.header();
  }

  /** The face of the message for one plugin, for as long as its result is wanted. */
  viewWhile(wanted: Wanted): MessageView {
    return new ContentView(this.facts, this.#content, wanted);
  }

  /** The same for a plugin in shadow: what it tells other plugins about the message reaches none. */
  unheardViewWhile(wanted: Wanted): MessageView {
    const session = unheardSession(this.facts.session);
    return new ContentView({ ...this.facts, session }, this.#content, wanted);
  }
}
