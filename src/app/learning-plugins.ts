// Owns the plugins that learn, without a proxy around them: as commands set them up, with what they have
// learned, beside a proxy that runs. Plugins that do not learn are not set up: they may write what one
// process alone may write.
import type { Logger } from '../base/log.ts';
import type { LoadedConfig } from '../config/load.ts';
import { MemoryBudget } from '../pipeline/memory-budget.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { TrainingDesk } from '../training/training-desk.ts';
import { buildPipeline } from './chain.ts';
import { stateStores } from './plugin-stores.ts';

export interface LearningPlugins extends AsyncDisposable {
  readonly pipeline: Pipeline;
  readonly desk: TrainingDesk;
}

/** Throws ConfigError. `spoolFolder`: where large messages lie while they are read. */
export async function openLearningPlugins(
  loaded: LoadedConfig,
  log: Logger,
  spoolFolder: string,
): Promise<LearningPlugins> {
  const { state, limits } = loaded.config;
  const stores = stateStores(state.folder, { whenMissing: 'create' });
  try {
    const pipeline = await buildPipeline(loaded, log, stores, ({ learns }) => learns);
    const desk = new TrainingDesk(pipeline, {
      memoryBytes: limits.memoryPerMessageBytes,
      budget: new MemoryBudget(limits.memoryTotalBytes),
      folder: spoolFolder,
      maxBytes: limits.maxMessageBytes,
    });
    return {
      pipeline,
      desk,
      async [Symbol.asyncDispose]() {
        await pipeline[Symbol.asyncDispose]();
        stores.close();
      },
    };
  } catch (error) {
    stores.close();
    throw error;
  }
}
