// Owns how many processes serve, and whether this is one of them.
import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import type { Config } from '../../config/schema.ts';

/** `auto`: as many as there are processors for this process. */
export function workerCount({ workers }: Pick<Config, 'workers'>): number {
  return workers === 'auto' ? availableParallelism() : workers;
}

/** Has a supervisor started this process, to serve? */
export function isWorker(): boolean {
  return cluster.isWorker;
}
