import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What Node runs as a process of its own: of the bundle that this is in, the file beside it; from source with jiti,
 * which runs TypeScript.
 * @param script from this folder, without its ending; tsdown.config.ts has its name.
 */
export function childCommand(script: string): readonly string[] {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.mjs')) return [join(dirname(here), `${basename(script)}.mjs`)];
  const jiti = dirname(createRequire(import.meta.url).resolve('jiti'));
  return [join(jiti, 'jiti-cli.mjs'), join(dirname(here), `${script}.ts`)];
}
