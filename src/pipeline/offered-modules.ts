// Owns the names under which plugins in any folder reach Postern, with nothing installed beside them:
// postern/plugin-api and, for their tests, postern/plugin-testing. package.json exports the same.
import { registerHooks } from 'node:module';

/** `.ts` in the source tree, `.js` in the published one. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

const files: Readonly<Record<string, string>> = {
  'postern/plugin-api': `../plugin-api/index.${extension}`,
  'postern/plugin-testing': `./testing.${extension}`,
};

let isOffered = false;

/** For the whole process; once is enough. */
export function offerModules(): void {
  if (isOffered) return;
  isOffered = true;
  const urls = new Map(
    Object.entries(files).map(([name, file]) => [name, new URL(file, import.meta.url).href]),
  );
  registerHooks({
    resolve(specifier, context, next) {
      const url = urls.get(specifier);
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
    },
  });
}
