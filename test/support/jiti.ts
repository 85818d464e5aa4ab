import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Ours, wherever a process is started: Node looks for a bare name from the folder it runs in. */
const folder = dirname(createRequire(import.meta.url).resolve('jiti'));

/** What runs TypeScript: `node jitiCli FILE …`. */
export const jitiCli = join(folder, 'jiti-cli.mjs');

/** The same for a fork: `node --import jitiRegister FILE …`. */
export const jitiRegister = join(folder, 'jiti-register.mjs');
