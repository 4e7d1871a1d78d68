// Owns the list of scenarios, in the order in which they run.
import { download } from './download.ts';
import { growth } from './growth.ts';
import { idle } from './idle.ts';
import { large } from './large.ts';
import { login } from './login.ts';
import { memory } from './memory.ts';
import { overlap } from './overlap.ts';
import { rtt } from './rtt.ts';
import { scan } from './scan.ts';
import type { Scenario } from './scenario.ts';
import { tls } from './tls.ts';

export const allScenarios: readonly Scenario[] = [
  login,
  download,
  large,
  idle,
  rtt,
  scan,
  overlap,
  tls,
  growth,
  memory,
];
