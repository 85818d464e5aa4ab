import type { Options } from 'yargs';
import { usageError } from '../command.ts';
import type { BuildTarget } from './build-target.ts';
import hls from './hls.ts';
import hw from './hw.ts';
import hwEmu from './hw-emu.ts';
import native from './native.ts';
import opencl from './opencl.ts';
import sim from './sim.ts';

/** Every target of `tilewright build`, in the order the help shows them. Adding one: its file, and a line here. */
export const buildTargets: readonly BuildTarget[] = [native, hls, sim, opencl, hwEmu, hw];

/** The options of all targets; a name that several share means the same to each. */
export function targetOptions(): Readonly<Record<string, Options>> {
  return Object.assign({}, ...buildTargets.map(({ options }) => options));
}

/**
 * The targets that a call asks for.
 * @throws TilewrightError `USAGE` for an option that none of them takes.
 */
export function chosenTargets(
  name: string | undefined,
  given: Readonly<Record<string, unknown>>,
): readonly BuildTarget[] {
  const chosen = buildTargets.filter((target) =>
    name === undefined ? target.byDefault : target.name === name,
  );
  for (const option of Object.keys(targetOptions())) {
    if (given[option] === undefined || chosen.some(({ options }) => option in options)) continue;
    const takers = buildTargets.filter(({ options }) => option in options);
    const names = takers.map((target) => `--target ${target.name}`);
    throw usageError(
      `--${option} does nothing for --target ${chosen.map((target) => target.name).join(' and ')}`,
      `It belongs to ${names.join(' and ')}.`,
    );
  }
  return chosen;
}
