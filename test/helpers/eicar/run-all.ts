// Owns the three runs that docs/eicar.md is about.
import { eicarVariants, harmlessVariants, lookAlikeVariants } from '../eicar-variants.ts';
import { type FilterResult, runFilter } from './filter-run.ts';
import type { FilterRuns } from './page.ts';

export async function runAll(report?: (result: FilterResult) => void): Promise<FilterRuns> {
  const [infected, harmless, lookAlikes] = [
    eicarVariants(),
    harmlessVariants(),
    lookAlikeVariants(),
  ];
  const results = await runFilter([...infected, ...harmless, ...lookAlikes], report);
  const behind = infected.length + harmless.length;
  return {
    infected: results.slice(0, infected.length),
    harmless: results.slice(infected.length, behind),
    lookAlikes: results.slice(behind),
  };
}
