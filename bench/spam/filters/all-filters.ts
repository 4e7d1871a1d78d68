// Owns the list of filters that are measured, in the order of the tables.
import { bogofilter } from './bogofilter.ts';
import { crm114 } from './crm114.ts';
import type { SpamFilter } from './filter.ts';
import { postern } from './postern.ts';

export const allFilters: readonly SpamFilter[] = [postern, bogofilter, crm114];
