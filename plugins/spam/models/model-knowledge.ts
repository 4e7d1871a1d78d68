// Owns showing, moving and removing what was learned. It teaches nothing.
import type {
  Clock,
  Knowledge,
  KnowledgeEntry,
  LessonAccount,
  MessageView,
  ScoreReason,
  SqlDatabase,
} from '#plugin-api';
import { extractFeatures } from '../features/extract.ts';
import { readSample } from '../features/sample.ts';
import { judge } from '../judge.ts';
import { SpamModel } from '../learning/model.ts';
import type { LessonRows } from './lesson-rows.ts';
import { headLine, lessonLine, type ModelFile, readModelFile } from './model-file.ts';
import type { ModelRows } from './model-rows.ts';
import { everybody, type Owner, ownerOf } from './owner.ts';
import type { Shelf } from './shelf.ts';
import { inverse, stepFromRecord } from './step-record.ts';

export interface KnowledgeServices {
  readonly database: SqlDatabase;
  readonly models: ModelRows;
  readonly lessons: LessonRows;
  readonly shelf: Shelf;
  readonly clock: Clock;
}

export class ModelKnowledge implements Knowledge {
  readonly #services: KnowledgeServices;

  constructor(services: KnowledgeServices) {
    this.#services = services;
  }

  async *list(): AsyncGenerator<KnowledgeEntry, void, void> {
    const { models, lessons } = this.#services;
    for (const { id, changedMs, ...owner } of models.owners()) {
      const { spam, ham } = lessons.count(id);
      yield { account: accountOf(owner), spamLessons: spam, hamLessons: ham, changedMs };
    }
  }

  export(account: LessonAccount | undefined): AsyncIterable<Buffer> | undefined {
    const { database, models, lessons, shelf } = this.#services;
    const owner = toOwner(account);
    // One moment for model and lessons. They are held in memory, some megabytes at most.
    const lines = database.transaction(() => {
      const state = models.find(owner);
      if (state === undefined || state.revision === 0) return undefined;
      const { id, model } = shelf.get(state);
      const found = [headLine(model.toBuffer())];
      for (const lesson of lessons.each(id)) found.push(lessonLine(lesson));
      return found;
    });
    return lines && piecesOf(lines);
  }

  async import(
    account: LessonAccount | undefined,
    content: AsyncIterable<Buffer>,
  ): Promise<KnowledgeEntry> {
    const { database, models, lessons, shelf, clock } = this.#services;
    const owner = toOwner(account);
    const nowMs = clock.nowMs();
    const file = await readModelFile(content, nowMs);
    const octets = contentOf(file, shelf.base);
    return database.transaction(() => {
      models.remove(owner);
      const { id } = models.findOrMake(owner);
      models.keep(id, 1, octets, nowMs);
      for (const lesson of file.lessons) lessons.put(id, lesson);
      const { spam, ham } = lessons.count(id);
      return { account, spamLessons: spam, hamLessons: ham, changedMs: nowMs };
    });
  }

  async explain(
    account: LessonAccount | undefined,
    message: MessageView,
  ): Promise<readonly ScoreReason[]> {
    const features = extractFeatures(await readSample(message));
    return judge(this.#services.shelf, toOwner(account), features, 'all').reasons;
  }

  async forget(account: LessonAccount | undefined): Promise<boolean> {
    return this.#services.models.remove(toOwner(account));
  }
}

/** A model that was made over another default is made anew, of its lessons. */
function contentOf({ content, lessons }: ModelFile, base: SpamModel): Buffer {
  if (content !== undefined) {
    try {
      return SpamModel.fromBuffer(content, base).toBuffer();
    } catch (error) {
      if (lessons.length === 0) throw error;
    }
  }
  const model = base.overlay();
  for (const { step: record } of lessons) {
    const step = record && stepFromRecord(record);
    if (step !== undefined) model.revert(inverse(step));
  }
  return model.toBuffer();
}

function toOwner(account: LessonAccount | undefined): Owner {
  return account === undefined ? everybody : ownerOf(account);
}

function accountOf({ user, host }: Owner): LessonAccount | undefined {
  return user === '' ? undefined : { user, upstreamHost: host };
}

async function* piecesOf(lines: readonly Buffer[]): AsyncGenerator<Buffer, void, void> {
  yield* lines;
}
