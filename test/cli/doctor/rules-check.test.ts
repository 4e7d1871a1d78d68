import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rulesChecks } from '../../../src/cli/doctor/rules-check.ts';
import { readConfig } from '../../../src/config/load.ts';
import type { RunTool, ToolOutcome } from '../../../src/interception/rules/check-rules.ts';

const refused: ToolOutcome = { kind: 'failed', reason: 'not permitted' };
const noRules: Readonly<Record<string, ToolOutcome>> = {
  nft: { kind: 'done', stdout: '{"nftables": []}' },
  'iptables-save': { kind: 'done', stdout: '' },
  'ip6tables-save': { kind: 'done', stdout: '' },
};

/** What `iptables-save` shows after `postern rules iptables` was loaded for port 1110. */
const diverting = (family: 'iptables' | 'ip6tables'): ToolOutcome => ({
  kind: 'done',
  stdout: `# ${family}
*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p tcp -m tcp --dport 110 -j REDIRECT --to-ports 1110
COMMIT
`,
});

async function levels(listener: string, tools: Readonly<Record<string, ToolOutcome>>) {
  const text = `
listeners: [{name: a, ${listener}}]
routes: [{name: r, upstream: {host: pop.example.net}}]
`;
  const { config } = await readConfig(text, 'postern.yaml', {});
  const run: RunTool = async (program) => tools[program] ?? refused;
  const found: string[] = [];
  for (const check of rulesChecks(config, run)) {
    for await (const { level } of check.run(new AbortController().signal)) found.push(level);
  }
  return [...new Set(found)];
}

const intercepting = 'address: "::", port: 1110, tls: none, intercept: redirect';

test('without listeners that intercept, no firewall is asked', async () => {
  assert.deepEqual(await levels('port: 1110, tls: none', {}), []);
});

test('rules that are missing are worth a warning, whichever firewall there is', async () => {
  assert.deepEqual(await levels(intercepting, noRules), ['warn']);
  const { nft: _nft, ...iptables } = noRules;
  assert.deepEqual(await levels(intercepting, iptables), ['warn']);
});

test('rules of iptables are found where nftables has none', async () => {
  const tools = {
    ...noRules,
    'iptables-save': diverting('iptables'),
    'ip6tables-save': diverting('ip6tables'),
  };
  assert.deepEqual(await levels(intercepting, tools), ['ok']);
});

test('what only root may see is skipped', async () => {
  assert.deepEqual(await levels(intercepting, {}), ['skipped']);
});
