import { createMemoryKeptValues } from '../../src/stores/memory-kept-values.ts';
import { keptValuesContract } from './kept-values-contract.ts';

keptValuesContract('in memory', createMemoryKeptValues);
