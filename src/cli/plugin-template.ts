// Owns the files of a new plugin: small, complete, and tested as they are.

/** In variables, since they are names for the author's files and imports of none of ours. */
const pluginApi = `'postern/plugin-api'`;
const pluginTesting = `'postern/plugin-testing'`;

/** Content by file name. */
export function pluginTemplate(name: string): Readonly<Record<string, string>> {
  return {
    'index.ts': code(name),
    'index.test.ts': test(name),
    'README.md': readme(name),
  };
}

function code(name: string): string {
  return `// Flags messages whose subject contains a word, and names the flag in a header field.
import { definePlugin, flag, pass, z } from ${pluginApi};

const options = z.strictObject({ word: z.string().min(1).default('invoice') });

export default definePlugin<z.output<typeof options>>({
  name: '${name}',
  version: '0.1.0',
  options,
  setup: ({ word }) => ({
    async inspect(message) {
      const subject = (await message.headers()).text('Subject') ?? '';
      return subject.toLowerCase().includes(word) ? flag('word-in-subject', word) : pass();
    },
    async transform({ verdicts, edit }, next) {
      const isFlagged = verdicts.some(({ verdict }) => verdict.kind === 'flag');
      if (isFlagged) edit.add('X-Flagged-By', '${name}');
      await next();
    },
  }),
});
`;
}

function test(name: string): string {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runPlugin } from ${pluginTesting};
import plugin from './index.ts';

const invoice = 'From: shop@example.org\\r\\nSubject: Your INVOICE 7\\r\\n\\r\\nHello.\\r\\n';
const letter = 'From: ann@example.org\\r\\nSubject: Hello\\r\\n\\r\\nHello.\\r\\n';

test('a message with the word in its subject is flagged and marked', async () => {
  const { verdict, output } = await runPlugin(plugin, {}, Buffer.from(invoice));
  assert.deepEqual(verdict, { kind: 'flag', label: 'word-in-subject', evidence: 'invoice' });
  assert.equal(output.toString(), \`X-Flagged-By: ${name}\\r\\n\${invoice}\`);
});

test('any other message keeps every octet', async () => {
  const { verdict, output } = await runPlugin(plugin, {}, Buffer.from(letter));
  assert.deepEqual(verdict, { kind: 'pass' });
  assert.equal(output.toString(), letter);
});

test('an empty word is refused', async () => {
  await assert.rejects(runPlugin(plugin, { word: '' }, Buffer.from(letter)));
});
`;
}

function readme(name: string): string {
  return `# ${name}

Flags messages whose subject contains a word.

\`\`\`yaml
plugins:
  - use: ./${name}
    options:
      word: invoice
\`\`\`

| Option | Default   | Meaning                                     |
| ------ | --------- | ------------------------------------------- |
| \`word\` | \`invoice\` | What is looked for, in small letters.       |
`;
}
