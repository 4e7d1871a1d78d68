// Owns what happens to a test whose real server or program is missing here.
import type { TestContext } from 'node:test';

/**
 * True when the test can run: `if (!needs(t, clamdMissing())) return;`. With a reason why it cannot,
 * the test is skipped and shows that reason. In CI nothing may be missing, so there it fails.
 */
export function needs(t: TestContext, reason: string | undefined): boolean {
  if (reason === undefined) return true;
  if (process.env['CI'] === 'true') throw new Error(`needed in CI: ${reason}`);
  t.skip(reason);
  return false;
}
