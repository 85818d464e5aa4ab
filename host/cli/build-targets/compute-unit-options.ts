import {
  type Connectivity,
  noConnectivity,
  parseConnectivity,
} from '../../../codegen/package/connectivity.ts';
import type { BuiltKernel } from '../../device/built-kernel.ts';
import { type CommandContext, realNumber, usageError } from '../command.ts';
import { checkOwners, parametersOf } from '../kernel-parameters.ts';
import { tellWarnings } from '../kernel-warnings.ts';
import { readInput } from '../read-input.ts';

/** Bytes of a configuration file that a person wrote. */
const largestSettings = 2 ** 20;

/** The same for every target that puts compute units of one or several kernels on a card. */
export const computeUnitOptions = {
  cu: {
    describe:
      'Compute units of a kernel, this one or another: NAME or NAME:COUNT (may be repeated)',
    requiresArg: true,
    array: true,
    string: true,
    nargs: 1,
  },
  connectivity: {
    describe: "Names of compute units (nk=) and banks of arguments (sp=), a file in v++'s format",
    type: 'string',
    requiresArg: true,
  },
} as const;

/** `--frequency MHZ`: what a card is to reach, and what hosts are told. */
export const frequencyOption = realNumber(
  'frequency',
  'Clock of the kernels in MHz; 300 when not given',
  { min: 10, max: 1000 },
);

/** `--output FILE`, the same for every target that makes an `.xclbin`. */
export const outputOption = {
  describe: 'Write the .xclbin here too; it stays in the artefact store anyway',
  type: 'string',
  requiresArg: true,
} as const;

/** Writes an `.xclbin` of the store where a person wants it. */
export async function writeOutput(file: string, output: string): Promise<void> {
  const { readFile } = await import('node:fs/promises');
  const { writeFileAtomic } = await import('../../../codegen/support/atomic-write.ts');
  await writeFileAtomic(output, await readFile(file));
}

/** A kernel of the card's, and how many compute units `--cu` asks for. */
export interface CardKernel {
  readonly built: BuiltKernel;
  readonly count?: number;
}

interface GivenOptions {
  readonly cu?: readonly string[] | undefined;
  readonly connectivity?: string | undefined;
  readonly parameter?: Readonly<Record<string, number>> | undefined;
  readonly strict?: boolean | undefined;
}

function parseUnits(given: readonly string[]): ReadonlyMap<string, number | undefined> {
  const counts = new Map<string, number | undefined>();
  for (const text of given) {
    const [, name = '', count] = /^([^:].*?)(?::(\d+))?$/.exec(text) ?? [];
    const many = count === undefined ? undefined : Number(count);
    if (name === '' || many === 0 || (many ?? 1) > 64) {
      throw usageError(`--cu ${text} names no compute units`, 'Write NAME or NAME:COUNT, 1 to 64.');
    }
    if (counts.has(name)) throw usageError(`--cu names ${name} twice`, 'Write NAME:COUNT once.');
    counts.set(name, many);
  }
  return counts;
}

/**
 * The kernels that a call puts on one card: the one it names, and those of `--cu`, built with the
 * parameters of `-p NAME.parameter=value`; and what `--connectivity` says.
 */
export async function gatherKernels(
  kernel: BuiltKernel,
  options: GivenOptions,
  context: CommandContext,
): Promise<{ readonly kernels: readonly CardKernel[]; readonly connectivity: Connectivity }> {
  const { buildKernel } = await import('../../device/build-kernel.ts');
  const counts = parseUnits(options.cu ?? []);
  const own = kernel.manifest.kernel;
  checkOwners(
    options.parameter,
    [...counts.keys()].filter((name) => name !== own),
  );
  const kernels: CardKernel[] = [];
  const add = (built: BuiltKernel, count: number | undefined) =>
    kernels.push({ built, ...(count === undefined ? {} : { count }) });
  add(kernel, counts.get(own));
  for (const [name, count] of counts) {
    if (name === own) continue;
    const built = await context.progress.step(`Compiling ${name}`, () =>
      buildKernel(name, parametersOf(name, options.parameter)),
    );
    tellWarnings(built.warnings ?? [], options.strict ?? false, context);
    const taken = kernels.some(
      ({ built: other }) => other.manifest.kernel === built.manifest.kernel,
    );
    if (taken) {
      throw usageError(
        `--cu ${name} is the kernel ${built.manifest.kernel}, which is there already`,
        `Write --cu ${built.manifest.kernel}:COUNT for several compute units.`,
      );
    }
    add(built, count);
  }
  const file = options.connectivity;
  if (file === undefined) return { kernels, connectivity: noConnectivity };
  const text = (await readInput(file, 'a file of settings', largestSettings)).toString();
  return { kernels, connectivity: parseConnectivity(text, file) };
}
