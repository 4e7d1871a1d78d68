// Owns the models in memory: those used last, up to a bound, each as new as the database. Other processes
// write too, so the revision is asked for each time: one look into an index, some microseconds.
import type { Logger } from '#plugin-api';
import { SpamModel } from '../learning/model.ts';
import type { LessonRows } from './lesson-rows.ts';
import type { KeptModel, ModelRows, ModelState } from './model-rows.ts';
import type { Owner } from './owner.ts';
import { inverse, stepFromRecord } from './step-record.ts';

export interface ShelvedModel {
  readonly id: number;
  readonly model: SpamModel;
  revision: number;
  /** Of what the database has whole, as far as is known here. */
  keptRevision: number;
  bytes: number;
}

export interface ShelfServices {
  readonly rows: ModelRows;
  readonly lessons: LessonRows;
  readonly log: Logger;
  /** What every model begins with; never trained itself. */
  readonly base: SpamModel;
  readonly maxBytes: number;
}

/** An overlay that is full, and about what one feature of it takes, table and room to grow. */
const maxModelBytes = 6 * 1024 * 1024;
const featureBytes = 30;
const emptyModelBytes = 12 * 1024;
/** Another process may write a model anew between two of our looks at it. */
const maxAttempts = 5;

export class Shelf {
  readonly #services: ShelfServices;
  /** In the order of use, the latest last. */
  readonly #models = new Map<number, ShelvedModel>();
  #bytes = 0;

  constructor(services: ShelfServices) {
    this.#services = services;
  }

  get base(): SpamModel {
    return this.#services.base;
  }

  get size(): number {
    return this.#models.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Undefined when nothing was ever learned for this owner. */
  find(owner: Owner): SpamModel | undefined {
    const state = this.#services.rows.find(owner);
    return state === undefined || state.revision === 0 ? undefined : this.get(state).model;
  }

  /** As new as `state`, or newer. */
  get(state: ModelState): ShelvedModel {
    const known = this.#models.get(state.id);
    const model =
      known !== undefined && (known.revision >= state.revision || this.#catchUp(known, state))
        ? known
        : this.#load(state);
    this.#put(model);
    return model;
  }

  /** What a step has changed in it; `bytes` is what it may have grown by. */
  grown(model: ShelvedModel, features: number): void {
    this.#bytes -= this.#models.has(model.id) ? model.bytes : 0;
    model.bytes = Math.min(maxModelBytes, model.bytes + features * featureBytes);
    this.#models.delete(model.id);
    this.#bytes += model.bytes;
    this.#models.set(model.id, model);
    this.#shrink();
  }

  /** It may not be what the database has. */
  drop(id: number): void {
    this.#bytes -= this.#models.get(id)?.bytes ?? 0;
    this.#models.delete(id);
  }

  #put(model: ShelvedModel): void {
    this.drop(model.id);
    this.#models.set(model.id, model);
    this.#bytes += model.bytes;
    this.#shrink();
  }

  /** The one that was used last stays, however large. */
  #shrink(): void {
    for (const id of this.#models.keys()) {
      if (this.#bytes <= this.#services.maxBytes || this.#models.size === 1) return;
      this.drop(id);
    }
  }

  #load(state: ModelState): ShelvedModel {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const kept = this.#services.rows.load(state.id);
      // Somebody has removed it just now.
      if (kept === undefined) return this.#fresh(state.id, state.revision);
      const model = this.#read(kept) ?? this.#rebuild(kept);
      if (model !== undefined && this.#catchUp(model, kept)) return model;
    }
    throw new Error(`the changes of model ${state.id} are not complete`);
  }

  #fresh(id: number, revision: number, model = this.base.overlay()): ShelvedModel {
    return { id, revision, keptRevision: revision, model, bytes: emptyModelBytes };
  }

  /** Undefined when the content is not of the default that is used now. */
  #read({ id, keptRevision, content }: KeptModel): ShelvedModel | undefined {
    if (content === undefined) return this.#fresh(id, keptRevision);
    try {
      const model = this.#fresh(id, keptRevision, SpamModel.fromBuffer(content, this.base));
      model.bytes += Math.min(maxModelBytes, content.length * 8);
      return model;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#services.log.info({ model: id, reason }, 'a model is made anew of its lessons');
      return undefined;
    }
  }

  /** Of all lessons that are kept. Undefined when one was given meanwhile. */
  #rebuild({ id, revision }: KeptModel): ShelvedModel | undefined {
    const { rows, lessons } = this.#services;
    const model = this.#fresh(id, revision);
    // The next lesson writes it.
    model.keptRevision = Number.NEGATIVE_INFINITY;
    for (const lesson of lessons.each(id)) {
      const step = lesson.step && stepFromRecord(lesson.step);
      if (lesson.step === undefined || step === undefined) continue;
      model.model.revert(inverse(step));
      model.bytes = Math.min(maxModelBytes, model.bytes + lesson.step.length * featureBytes);
    }
    return rows.load(id)?.revision === revision ? model : undefined;
  }

  /** False when changes in between are not there any more. */
  #catchUp(model: ShelvedModel, { id, revision }: ModelState): boolean {
    if (model.revision === revision) return true;
    for (const change of this.#services.rows.changesAfter(id, model.revision)) {
      if (change.revision !== model.revision + 1) return false;
      const step = stepFromRecord(change.step);
      if (step !== undefined) {
        model.model.revert(change.direction === 'apply' ? inverse(step) : step);
        model.bytes = Math.min(maxModelBytes, model.bytes + change.step.length * featureBytes);
      }
      model.revision = change.revision;
    }
    return model.revision >= revision;
  }
}
