// Owns getting ready what notices are written with: the templates, and that every language has words.
import type { LoadedConfig } from '../config/load.ts';
import { ConfigError, type ConfigPath } from '../config/problem.ts';
import { builtinLanguages, supportedLanguage } from '../pipeline/notice/language.ts';
import { loadNoticeTemplates } from '../pipeline/notice/template-folder.ts';
import type { NoticeServices } from '../pipeline/render-decision.ts';

/** Throws ConfigError for templates that cannot be used and languages that there is nothing in. */
export async function loadNotices(loaded: LoadedConfig): Promise<NoticeServices> {
  const { notice } = loaded.config;
  const templates =
    notice.templates === undefined ? undefined : await loadNoticeTemplates(notice.templates);
  const named: readonly (readonly [ConfigPath, string])[] = [
    [['notice', 'language'], notice.language],
    [['notice', 'default_language'], notice.defaultLanguage],
    ...notice.languages.map(
      ({ language }, index) => [['notice', 'languages', index, 'language'], language] as const,
    ),
  ];
  const known = [...builtinLanguages, ...(templates?.keys() ?? [])].join(', ');
  const problems = named
    .filter(([path, tag]) => !(tag === 'auto' && path.at(-1) === 'language' && path.length === 2))
    .filter(([, tag]) => supportedLanguage(tag, templates) === undefined)
    .map(([path]) => loaded.problemAt(path, `expected a language that there is (${known})`));
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...notice, templates };
}
