// Owns what a test of a plugin finds in place: the names postern/plugin-api and postern/plugin-testing.
// Loaded by --import, also into the processes that `node --test` starts for each file.
import { offerModules } from '../pipeline/offered-modules.ts';

offerModules();
