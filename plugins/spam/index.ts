// Owns how the built-in classifier takes part in the chain: it scores mail, takes lessons, and shows what it
// has learned.
import { definePlugin, score } from '#plugin-api';
import { loadBaseModel } from './base-model.ts';
import { extractFeatures } from './features/extract.ts';
import { readSample } from './features/sample.ts';
import { judge } from './judge.ts';
import { Models } from './models/models.ts';
import { ownerOf } from './models/owner.ts';
import { optionsSchema, type SpamOptions } from './options.ts';

export default definePlugin<SpamOptions>({
  name: 'spam',
  version: '1',
  options: optionsSchema,
  learns: true,
  async setup(options, services) {
    const base = await loadBaseModel({
      file: options.model === undefined ? undefined : services.resolvePath(options.model),
      fallback: options.default_model ? 'default' : 'empty',
    });
    const models = new Models(options, base, services);
    return {
      givesScores: true,
      async inspect(message) {
        const features = extractFeatures(await readSample(message));
        const owner = ownerOf(message.account.maildrop);
        const { logOdds, reasons } = judge(models.shelf, owner, features, 'of-spam');
        return score(logOdds, reasons);
      },
      learn: (lesson) => models.learn(lesson),
      knowledge: models.knowledge,
    };
  },
});
