// Owns the start of the process: what has to be settled before the program is loaded.
import { keepYoungGenerationSmall } from './heap.ts';

const oldestNode = 24;

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  console.error(`postern needs Node.js ${oldestNode} or newer; this is ${process.versions.node}`);
  process.exit(1);
}
keepYoungGenerationSmall();
await import('./program.ts');
