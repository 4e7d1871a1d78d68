// Owns the start of the process: how the heap behaves is settled before the program is loaded.
import { keepYoungGenerationSmall } from './heap.ts';

keepYoungGenerationSmall();
await import('./program.ts');
